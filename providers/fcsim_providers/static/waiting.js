"use strict";
// Ticks what is counted down, and looks every second whether the phone has answered. Without this script the
// page reloads itself every three seconds.
const clocks = [...document.querySelectorAll("[data-countdown]")].map((element) => ({
  element,
  ends: performance.now() + Number(element.dataset.countdown) * 1000,
}));
const tick = () => {
  for (const { element, ends } of clocks) {
    const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    element.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left === 0 && "reload" in element.dataset && !leaving) location.reload();
  }
};
setInterval(tick, 1000);

// A page that is being left does not reload: that would abandon the answer under way, and use the approval for nobody.
let leaving = false;
addEventListener("beforeunload", () => (leaving = true));

const waiting = document.querySelector("[data-poll]");
const look = async () => {
  if (leaving) return;
  try {
    const answer = await fetch(waiting.dataset.poll, { cache: "no-store" });
    const { stage } = answer.ok ? await answer.json() : { stage: "gone" };
    if (leaving) return;
    if (stage !== "waiting") {
      location.reload();
      return;
    }
  } catch {
    // The network is away: the next look will tell.
  }
  setTimeout(look, 1000);
};
if (waiting) setTimeout(look, 1000);
