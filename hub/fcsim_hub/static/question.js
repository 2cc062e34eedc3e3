// A provider's question keeps the keyboard until it is answered; without this file it opens all the same, beside the page.
document.querySelectorAll("button[popovertarget]").forEach((button) => {
  const question = document.getElementById(button.getAttribute("popovertarget"));
  button.addEventListener("click", (event) => {
    event.preventDefault();
    if (button.getAttribute("popovertargetaction") === "hide") question.close();
    else question.showModal();
  });
});
