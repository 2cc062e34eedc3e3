// Copy buttons appear only where they can work; the values are on the page without them.
const told = document.querySelector("[data-copied]");
document.querySelectorAll("button.copy").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      // Not allowed here: the value is selected, for the hand to copy.
      getSelection().selectAllChildren(button.previousElementSibling);
      return;
    }
    button.dataset.done = "1";
    told.textContent = button.dataset.told;
    setTimeout(() => { delete button.dataset.done; told.textContent = ""; }, 1500);
  });
});
