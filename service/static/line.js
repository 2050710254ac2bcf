// The page where pictures are classified: sent to /classify, told of by /watched, labelled and added, the transform refitted.
"use strict";

const WATCH_MS = 1000;
const FIT_MS = 2000;
const MOST_WATCHED = 60;

document.querySelectorAll("[data-classify]").forEach((form) => {
  const words = form.dataset;
  const input = form.querySelector("input[type=file]");
  const status = document.querySelector("[data-status]");
  const answers = document.querySelector("[data-answers]");
  const addForm = document.querySelector("[data-add-form]");
  const fit = document.querySelector("[data-fit]");
  const watch = document.querySelector("[data-watch]");

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
    status.textContent = words.working;
    answers.replaceChildren();
    try {
      const query = part ? `?${new URLSearchParams({ part })}` : "";
      const response = await fetch(`/classify${query}`, { method: "POST", body });
      const said = await response.json();
      if (!response.ok) {
        status.textContent = failure(said);
        return;
      }
      status.textContent = `${said.decisions.length}, ${(1000 * said.seconds).toFixed(0)} ms`;
      said.decisions.forEach((decision, number) => {
        const picture = element("img");
        picture.src = URL.createObjectURL(files[number]);
        picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
        answers.append(answer(decision, picture, (fields) => fields.append("file", files[number])));
      });
    } catch {
      status.textContent = words.noAnswer;
    }
  }

  // Why there is no answer, explained first where the reader's language is not that of the database.
  function failure(said) {
    return [said.explanation, said.detail].filter(Boolean).join(" ");
  }

  // `name` puts the picture, or the number of a watched one, into the fields of the form that adds it.
  function answer(decision, picture, name) {
    const item = element("li");
    picture.alt = "";
    const told = element("div");
    told.append(element("p", decision.at ? `${decision.at} ${decision.name}` : decision.name, "soft"));
    if (decision.problem) {
      told.append(element("p", decision.problem, "bad"));
    } else {
      const share = decision.confidence === null ? "–" : Number(decision.confidence).toFixed(3);
      const said = element("p");
      said.append(element("b", decision.class), ` ${words.confidence} ${share}`);
      told.append(said);
      decision.stored.forEach((stored) => told.append(storedAs(words.stored, stored.image_id)));
      const grid = element("div", null, "grid");
      (decision.neighbours ?? []).filter((near) => near.image_id !== null && near.image_id !== undefined)
        .forEach((near) => grid.append(neighbour(near)));
      told.append(grid);
      if (addForm) told.append(adding(decision, name));
    }
    item.append(picture, told);
    return item;
  }

  function storedAs(text, imageId) {
    const line = element("p", `${text} `);
    const link = element("a", imageId);
    link.href = `/pictures/${imageId}`;
    line.append(link);
    return line;
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
    caption.append(element("b", near.class), ` ${words.distance} ${Number(near.distance).toFixed(4)}`);
    figure.append(link, caption);
    return figure;
  }

  function adding(decision, name) {
    const details = addForm.content.cloneNode(true).querySelector("details");
    const own = details.querySelector("form");
    const result = details.querySelector("[data-result]");
    const guessed = { part: decision.part ?? decision.neighbours?.[0]?.part, [own.dataset.target]: decision.best };
    Object.entries(guessed).forEach(([field, value]) => { own.elements[field].value = value ?? ""; });
    own.addEventListener("submit", async (event) => {
      event.preventDefault();
      const fields = new FormData(own);
      name(fields);
      const button = own.querySelector("button");
      button.disabled = true;
      result.className = "";
      result.textContent = words.working;
      try {
        const response = await fetch("/add", { method: "POST", body: fields });
        const said = await response.json();
        if (response.ok) {
          result.replaceChildren(...storedAs(words.added, said.image.image_id).childNodes);
          showFit(said.fit);
        } else {
          result.className = "bad";
          result.textContent = failure(said);
        }
      } catch {
        result.textContent = words.noAnswer;
      }
      button.disabled = false;
    });
    return details;
  }

  // A sentence with values in the places of {their names}.
  function filled(text, values) {
    return text.replace(/{(\w+)}/g, (place, key) => values[key] ?? place);
  }

  function showFit(said) {
    if (!fit || !said) return;
    const since = said.stored_since_fit;
    fit.querySelector("[data-since]").textContent = since === null ? "" : filled(fit.dataset.told, { images: since });
    const phase = { RUNNING: fit.dataset.running, DONE: fit.dataset.done, FAILED: fit.dataset.failed }[said.phase];
    fit.querySelector("[data-phase]").textContent = phase ? filled(phase, said) : "";
    fit.querySelector("button").disabled = said.phase === "RUNNING";
    if (said.phase === "RUNNING") setTimeout(async () => showFit(await asked("/fit")), FIT_MS);
  }

  // What the service says at an address; null where it gives no answer.
  async function asked(address) {
    try {
      const response = await fetch(address);
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  if (fit) {
    fit.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        await fetch("/fit", { method: "POST", redirect: "manual" });
      } catch {
        return;
      }
      showFit(await asked("/fit"));
    });
    asked("/fit").then(showFit);
  }

  if (watch) {
    const list = watch.querySelector("[data-watched]");
    let last = 0;
    const look = async () => {
      const said = await asked(`/watched?after=${last}`);
      watch.querySelector("[data-problem]").textContent = said ? said.standing.problem : words.noAnswer;
      if (said) {
        showStanding(said.standing);
        const open = list.querySelector("details[open]");
        [...said.answers].reverse().forEach((found) => {
          last = Math.max(last, found.number);
          const picture = element("img");
          picture.addEventListener("error", () => picture.replaceWith(element("p", words.gone, "soft")));
          picture.src = `/watched/${found.number}/small.jpg`;
          list.prepend(answer(found, picture, (fields) => fields.append("watched", found.number)));
        });
        while (!open && list.children.length > MOST_WATCHED) list.lastElementChild.remove();
      }
      setTimeout(look, WATCH_MS);
    };
    look();
  }

  function showStanding(standing) {
    watch.querySelector("[data-standing]").textContent = filled(watch.dataset.waiting, standing);
    const others = watch.querySelector("[data-other-files]");
    const names = standing.others.join(", ") + (standing.others_count > standing.others.length ? ", …" : "");
    others.textContent = standing.others_count
      ? `${filled(watch.dataset.others, { count: standing.others_count })} ${names}` : "";
  }
});
