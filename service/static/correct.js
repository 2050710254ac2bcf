// Keys where labels are corrected: they count while the focus is within, and not where text is typed.
"use strict";

document.querySelectorAll("[data-correct]").forEach((place) => {
  place.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches("select, textarea, input:not([type=radio], [type=checkbox])")) return;
    if (/^[1-9]$/.test(event.key)) {
      const choice = place.querySelector(`[data-digit="${event.key}"]`);
      if (!choice) return;
      choice.checked = true;
      choice.focus();
    } else if (event.key === "n" || event.key === "p") {
      const link = place.querySelector(`[rel=${event.key === "n" ? "next" : "prev"}]`);
      if (!link) return;
      link.click();
    } else if (event.key === "u") {
      const form = place.querySelector("[data-undo]") ?? place.querySelector(".corrections form");
      if (!form) return;
      form.requestSubmit();
    } else return;
    event.preventDefault();
  });
});

// In a grid whose pictures can be chosen, x chooses the one that has the focus.
document.querySelectorAll("[data-choose]").forEach((form) => {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "x" || event.ctrlKey || event.altKey || event.metaKey) return;
    const box = event.target.closest("figure")?.querySelector("input[type=checkbox]");
    if (!box || event.target === box) return;
    box.checked = !box.checked;
    event.preventDefault();
  });
});
