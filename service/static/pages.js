// What the pages can not do without a script: zoom, and arrow keys in a grid.
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

// Text goes into the page as text, whatever a label or a file's name holds.
function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  if (className) made.className = className;
  return made;
}
