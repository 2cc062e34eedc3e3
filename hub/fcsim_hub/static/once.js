// A second click posts nothing: a form's token works once, and one account is chosen. Pages work without this file.
const waiting = document.querySelector("dialog[data-waiting]");
let stilled = [];
document.addEventListener("submit", (event) => {
  if (document.body.dataset.sent) {
    event.preventDefault();
    return;
  }
  document.body.dataset.sent = "1";
  // Once the browser has read the form: it leaves out what is disabled.
  setTimeout(() => {
    stilled = [...document.querySelectorAll("button:enabled")];
    stilled.forEach((button) => { button.disabled = true; });
    waiting?.showModal();
  });
});
// A page taken back from the browser's memory may post again.
window.addEventListener("pageshow", () => {
  delete document.body.dataset.sent;
  stilled.forEach((button) => { button.disabled = false; });
  waiting?.close();
});
