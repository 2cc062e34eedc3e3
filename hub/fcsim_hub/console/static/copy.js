// Copy buttons appear only where they can work; the values are on the page without them.
document.querySelectorAll("button.copy").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.dataset.done = "1";
    setTimeout(() => delete button.dataset.done, 1500);
  });
});
