// What the pages can not do without a script: zoom, arrow keys in a grid, what is under way, and pictures sent to
// /classify.
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

document.querySelectorAll("[data-classify]").forEach((form) => {
  const input = form.querySelector("input[type=file]");
  const status = document.querySelector("[data-status]");
  const answers = document.querySelector("[data-answers]");

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send([...input.files]);
  });
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    send([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) send([...event.clipboardData.files]);
  });

  async function send(files) {
    if (!files.length) return;
    const body = new FormData();
    files.forEach((file) => body.append("file", file));
    const part = form.elements.part.value.trim();
    status.textContent = form.dataset.working;
    answers.replaceChildren();
    try {
      const query = part ? `?${new URLSearchParams({ part })}` : "";
      const response = await fetch(`/classify${query}`, { method: "POST", body });
      const said = await response.json();
      if (!response.ok) {
        status.textContent = [said.explanation, said.detail].filter(Boolean).join(" ");
        return;
      }
      status.textContent = `${said.decisions.length}, ${(1000 * said.seconds).toFixed(0)} ms`;
      said.decisions.forEach((decision, number) => answers.append(answer(decision, files[number])));
    } catch {
      status.textContent = form.dataset.noAnswer;
    }
  }

  function answer(decision, file) {
    const item = element("li");
    const picture = element("img");
    picture.alt = "";
    picture.src = URL.createObjectURL(file);
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
    const told = element("div");
    told.append(element("p", decision.name, "soft"));
    if (decision.problem) {
      told.append(element("p", decision.problem, "bad"));
    } else {
      const share = decision.confidence === null ? "–" : Number(decision.confidence).toFixed(3);
      const said = element("p");
      said.append(element("b", decision.class), ` ${form.dataset.confidence} ${share}`);
      told.append(said);
      decision.stored.forEach((stored) => {
        const line = element("p", `${form.dataset.stored} `);
        const link = element("a", stored.image_id);
        link.href = `/pictures/${stored.image_id}`;
        line.append(link);
        told.append(line);
      });
      const grid = element("div", null, "grid");
      (decision.neighbours ?? []).filter((near) => near.image_id !== null && near.image_id !== undefined)
        .forEach((near) => grid.append(neighbour(near)));
      told.append(grid);
    }
    item.append(picture, told);
    return item;
  }

  function neighbour(near) {
    const figure = element("figure");
    const link = element("a");
    link.href = `/pictures/${near.image_id}`;
    const picture = element("img");
    picture.alt = `${near.image_id}`;
    picture.src = `/picture/${near.image_id}/small.jpg`;
    link.append(picture);
    const caption = element("figcaption");
    caption.append(element("b", near.class), ` ${form.dataset.distance} ${Number(near.distance).toFixed(4)}`);
    figure.append(link, caption);
    return figure;
  }
});
