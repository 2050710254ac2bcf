// The map: points on a canvas, each with the colour and the shape of its class, so that either alone tells them apart.
"use strict";

{
  // Colours that people tell apart whatever colours they see (M. Okabe, K. Ito, Color Universal Design, 2008).
  const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];
  const SHAPES = ["disc", "square", "triangle", "diamond", "cross", "plus", "down"];
  const REACH = 14;
  // From so many points in view on they are dots without a shape; nearer ones have one.
  const CROWD = 8000;
  const canvas = document.querySelector("[data-map]");
  if (canvas) begin(canvas);

  async function begin(canvas) {
    const told = document.querySelector("[data-told]");
    try {
      const answer = await fetch(canvas.dataset.map);
      const data = await answer.json();
      if (!answer.ok) told.textContent = data.detail;
      else if (!data.image.length) told.textContent = canvas.dataset.nothing;
      else draw(canvas, told, data);
    } catch {
      told.textContent = canvas.dataset.failed;
    }
  }

  function path(shape, context, x, y, r) {
    context.beginPath();
    if (shape === "disc") context.arc(x, y, r, 0, 7);
    else if (shape === "square") context.rect(x - 0.85 * r, y - 0.85 * r, 1.7 * r, 1.7 * r);
    else if (shape === "ring") context.arc(x, y, 0.7 * r, 0, 7);
    else {
      const corners = {
        triangle: [[0, -1.1], [1, 0.8], [-1, 0.8]],
        down: [[0, 1.1], [1, -0.8], [-1, -0.8]],
        diamond: [[0, -1.2], [1, 0], [0, 1.2], [-1, 0]],
        cross: [[-1, -1], [1, 1], null, [-1, 1], [1, -1]],
        plus: [[0, -1.2], [0, 1.2], null, [-1.2, 0], [1.2, 0]],
      }[shape];
      let moves = true;
      for (const corner of corners) {
        if (corner) context[moves ? "moveTo" : "lineTo"](x + r * corner[0], y + r * corner[1]);
        moves = !corner;
      }
      if (shape !== "cross" && shape !== "plus") context.closePath();
    }
  }

  const colourOf = (sign, number) => (sign.name === null ? "#6b7683" : COLOURS[number % COLOURS.length]);

  // One point of a class, drawn once and then copied.
  function stamp(sign, number, r, scale) {
    const made = document.createElement("canvas");
    const side = Math.ceil(2.8 * r + 2);
    made.width = made.height = side * scale;
    const context = made.getContext("2d");
    context.scale(scale, scale);
    const colour = colourOf(sign, number);
    const shape = sign.name === null ? "ring" : SHAPES[(number + Math.floor(number / COLOURS.length)) % SHAPES.length];
    path(shape, context, side / 2, side / 2, r);
    if (["cross", "plus", "ring"].includes(shape)) {
      context.strokeStyle = colour;
      context.lineWidth = Math.max(1.2, 0.55 * r);
      context.stroke();
    } else {
      context.fillStyle = colour;
      context.fill();
      context.strokeStyle = "#ffffff";
      context.lineWidth = 0.5;
      context.stroke();
    }
    return { made, side };
  }

  function draw(canvas, told, data) {
    const context = canvas.getContext("2d");
    const card = document.querySelector(".card");
    const preview = card.querySelector("img");
    preview.addEventListener("load", () => { preview.hidden = false; });
    preview.addEventListener("error", () => { preview.hidden = true; });
    const count = data.image.length;
    const words = canvas.dataset;
    const outcomes = "right" in words ? { RIGHT: words.right, WRONG: words.wrong, UNTESTED: words.untested } : {};
    const names = data.signs.map(({ name }) => (name === null ? words.rest : outcomes[name] ?? name));
    const hidden = new Set();
    const box = bounds(data);
    // Where the middle of the view lies on the map, how many times larger than the whole, and the chosen point.
    const view = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2, times: 1, chosen: -1 };
    let scale = 1, width = 1, height = 1, awaited = false;

    const unit = () => view.times * Math.min(width / (box.right - box.left), height / (box.bottom - box.top)) * 0.94;
    const across = (n) => width / 2 + (data.x[n] - view.x) * unit();
    const down = (n) => height / 2 - (data.y[n] - view.y) * unit();

    function paint() {
      awaited = false;
      const small = width < 600 ? 0.7 : 1;
      const r = Math.min(7, small * (count > 20000 ? 1.6 : count > 3000 ? 2.6 : 4) * view.times ** 0.75);
      const seen = [];
      for (let n = 0; n < count; n += 1) {
        const x = across(n), y = down(n);
        if (x > -9 && y > -9 && x < width + 9 && y < height + 9 && !hidden.has(data.sign[n])) seen.push(n);
      }
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.clearRect(0, 0, width, height);
      if (seen.length > CROWD) paintDots(seen, Math.max(2, Math.round(1.6 * Math.min(r, 2.2) * scale)));
      else paintStamps(seen, r);
      if (view.chosen >= 0) {
        context.lineWidth = 2.5;
        context.strokeStyle = "#1a1f26";
        context.beginPath();
        context.arc(across(view.chosen), down(view.chosen), r + 5, 0, 7);
        context.stroke();
      }
      canvas.classList.toggle("zoomed", view.times > 1);
    }

    function paintStamps(seen, r) {
      const stamps = data.signs.map((sign, number) => stamp(sign, number, r, scale));
      for (const n of seen) {
        const { made, side } = stamps[data.sign[n]];
        context.drawImage(made, across(n) - side / 2, down(n) - side / 2, side, side);
      }
    }

    // So many points are too small and too close for shapes: squares of so many pixels, written straight into the picture.
    function paintDots(seen, side) {
      const image = context.createImageData(canvas.width, canvas.height);
      const pixels = new DataView(image.data.buffer);
      const colours = data.signs.map((sign, number) => Number(`0x${colourOf(sign, number).slice(1)}ff`));
      for (const n of seen) {
        const left = Math.round(across(n) * scale - side / 2), top = Math.round(down(n) * scale - side / 2);
        for (let y = Math.max(0, top); y < Math.min(canvas.height, top + side); y += 1) {
          for (let x = Math.max(0, left); x < Math.min(canvas.width, left + side); x += 1) {
            pixels.setUint32(4 * (y * canvas.width + x), colours[data.sign[n]]);
          }
        }
      }
      context.putImageData(image, 0, 0);
    }
    const repaint = () => {
      if (!awaited) requestAnimationFrame(paint);
      awaited = true;
    };

    function resize() {
      scale = window.devicePixelRatio || 1;
      width = canvas.clientWidth;
      height = canvas.clientHeight;
      canvas.width = width * scale;
      canvas.height = height * scale;
      repaint();
    }

    function zoom(by, x = width / 2, y = height / 2) {
      const before = unit();
      view.times = by ? Math.min(200, Math.max(1, view.times * by)) : 1;
      const gain = 1 / before - 1 / unit();
      view.x += (x - width / 2) * gain;
      view.y -= (y - height / 2) * gain;
      if (view.times === 1) [view.x, view.y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      repaint();
    }

    // The point that is nearest to a place of the canvas, among those that `may` lets pass.
    function nearest(x, y, most, may = () => true) {
      let found = -1, least = most * most;
      for (let n = 0; n < count; n += 1) {
        const dx = across(n) - x, dy = down(n) - y;
        const distance = dx * dx + dy * dy;
        if (distance < least && !hidden.has(data.sign[n]) && may(n, dx, dy)) [found, least] = [n, distance];
      }
      return found;
    }

    function choose(n) {
      view.chosen = n;
      card.hidden = n < 0;
      repaint();
      if (n < 0) return;
      const text = `${canvas.dataset.image} ${data.image[n]}: ${names[data.sign[n]]}`;
      told.textContent = text;
      card.querySelector("figcaption").textContent = text;
      preview.src = `/picture/${data.image[n]}/small.jpg`;
      const right = across(n) > width / 2;
      card.style.left = right ? "auto" : `${across(n) + 16}px`;
      card.style.right = right ? `${width - across(n) + 16}px` : "auto";
      card.style.top = `${Math.min(Math.max(0, down(n) - 60), Math.max(0, height - 190))}px`;
    }
    const open = (n) => {
      if (n >= 0) location.href = `/pictures/${data.image[n]}`;
    };

    function step(key) {
      const [right, up] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
      if (view.chosen < 0) {
        choose(nearest(width / 2, height / 2, Infinity));
        return;
      }
      const ahead = (n, dx, dy) => n !== view.chosen && dx * right + dy * up > Math.abs(dx * up) + Math.abs(dy * right);
      const next = nearest(across(view.chosen), down(view.chosen), Infinity, ahead);
      if (next < 0) return;
      [view.x, view.y] = view.times > 1 ? [data.x[next], data.y[next]] : [view.x, view.y];
      choose(next);
    }

    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key.startsWith("Arrow")) step(event.key);
      else if (event.key === "Enter") open(view.chosen);
      else if (event.key === "+" || event.key === "=") zoom(1.5);
      else if (event.key === "-") zoom(1 / 1.5);
      else if (event.key === "0") zoom(0);
      else if (event.key === "Escape") choose(-1);
      else return;
      event.preventDefault();
    });

    let held = null;
    canvas.addEventListener("pointerdown", (event) => {
      held = { x: event.offsetX, y: event.offsetY, moved: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!held) {
        choose(nearest(event.offsetX, event.offsetY, REACH));
        return;
      }
      const dx = event.offsetX - held.x, dy = event.offsetY - held.y;
      if (!held.moved && Math.hypot(dx, dy) < 5) return;
      held = { x: event.offsetX, y: event.offsetY, moved: true };
      view.x -= dx / unit();
      view.y += dy / unit();
      card.hidden = true;
      repaint();
    });
    canvas.addEventListener("pointerup", (event) => {
      if (held && !held.moved) open(nearest(event.offsetX, event.offsetY, REACH));
      held = null;
    });
    canvas.addEventListener("pointercancel", () => { held = null; });
    canvas.addEventListener("pointerleave", () => choose(-1));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1.25 : 0.8, event.offsetX, event.offsetY);
    }, { passive: false });
    document.querySelectorAll("[data-by]").forEach((button) => {
      button.addEventListener("click", () => zoom(Number(button.dataset.by)));
    });

    document.querySelector("[data-legend]").append(...data.signs.map((sign, number) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      const { made, side } = stamp(sign, number, 6, 2);
      made.style.width = made.style.height = `${side}px`;
      made.setAttribute("aria-hidden", "true");
      button.append(made, ` ${names[number]} (${sign.images})`);
      button.addEventListener("click", () => {
        const shown = button.getAttribute("aria-pressed") === "true";
        button.setAttribute("aria-pressed", String(!shown));
        hidden[shown ? "add" : "delete"](number);
        choose(-1);
      });
      item.append(button);
      return item;
    }));
    told.textContent = `${count} ${canvas.dataset.images}`;
    new ResizeObserver(resize).observe(canvas);
    resize();
  }

  function bounds({ x, y }) {
    const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
    for (let n = 0; n < x.length; n += 1) {
      box.left = Math.min(box.left, x[n]);
      box.right = Math.max(box.right, x[n]);
      box.top = Math.min(box.top, y[n]);
      box.bottom = Math.max(box.bottom, y[n]);
    }
    // One point, or a row of them, has no width.
    const least = 1e-6;
    if (box.right - box.left < least) [box.left, box.right] = [box.left - least, box.right + least];
    if (box.bottom - box.top < least) [box.top, box.bottom] = [box.top - least, box.bottom + least];
    return box;
  }
}
