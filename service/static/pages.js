// What the pages can not do without a script: zoom, arrow keys in a grid, and what is under way.
"use strict";

document.querySelectorAll("[data-zoom]").forEach((button) => {
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  });
  const picture = button.querySelector("img");
  const missing = () => button.replaceWith(element("p", picture.dataset.missing));
  if (picture.complete && !picture.naturalWidth) missing();
  else picture.addEventListener("error", missing);
});

document.querySelectorAll("[data-grid]").forEach((grid) => {
  grid.addEventListener("keydown", (event) => {
    const links = [...grid.querySelectorAll("figure > a")];
    const here = links.indexOf(document.activeElement);
    if (here < 0) return;
    const top = links[0].getBoundingClientRect().top;
    const columns = links.filter((link) => link.getBoundingClientRect().top === top).length || 1;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (step === undefined || !links[here + step]) return;
    event.preventDefault();
    links[here + step].focus();
  });
});

// What changes while something runs is asked for again, until nothing does.
async function renew() {
  const live = document.querySelector("[data-live]");
  if (!live || !live.querySelector("[data-running]")) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
    if (answer.ok && fresh && !fresh.querySelector("[data-running]")) location.reload();
    else if (answer.ok && fresh) live.replaceChildren(...fresh.childNodes);
  } catch {
    // The service is away for now; the next time may find it.
  }
  setTimeout(renew, 2000);
}
setTimeout(renew, 1000);

// Text goes into the page as text, whatever a label or a file's name holds.
function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  if (className) made.className = className;
  return made;
}
