// The button waits for the box to be ticked; without this file the browser asks for it when the form is sent.
const box = document.querySelector("#consent");
const follow = () => { box.form.querySelector("button[type=submit]").disabled = !box.checked; };
if (box) {
  follow();
  box.addEventListener("change", follow);
  window.addEventListener("pageshow", follow);
}
