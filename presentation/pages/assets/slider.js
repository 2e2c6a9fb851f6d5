/* The slider of time below a map, and the page in print. */
"use strict";

function wanggeSlider(pane) {
  const made = wanggeMade, { config, stage } = pane, words = config.words;
  const bar = made("div", "", stage, { className: "wg-slider" });
  const play = made("button", words.play, bar, { type: "button" });
  const range = made("input", "", bar, { type: "range", min: -1, max: config.frames.length - 1, value: -1 }, { "aria-label": words.time });
  const told = made("output", words.allTime, bar);
  const move = (to) => {
    pane.frame = to;
    range.value = to;
    told.textContent = to < 0 ? words.allTime : config.frames[to];
    range.setAttribute("aria-valuetext", told.textContent);
    pane.redraw();
  };
  range.setAttribute("aria-valuetext", words.allTime);
  range.oninput = () => move(Number(range.value));
  let timer = 0;
  play.onclick = () => {
    clearInterval(timer);
    timer = timer ? 0 : setInterval(() => move(pane.frame + 1 < config.frames.length ? pane.frame + 1 : 0), 900);
    play.textContent = timer ? words.pause : words.play;
  };
}

/* Paper has another shape than the screen: the map is laid out anew for it, and all notes are opened. */
(() => {
  let before = [];
  const panes = () => window.wanggePanes || [];
  window.addEventListener("beforeprint", () => {
    before = panes().map((pane) => ({ pane, bounds: pane.map.getBounds(), open: [...pane.root.querySelectorAll("details[open]")] }));
    document.documentElement.classList.add("wg-printing");
    for (const { pane, bounds } of before) {
      for (const one of pane.root.querySelectorAll("details")) one.open = true;
      pane.map.invalidateSize({ animate: false });
      pane.map.fitBounds(bounds, { animate: false });
      pane.label();
    }
  });
  window.addEventListener("afterprint", () => {
    document.documentElement.classList.remove("wg-printing");
    for (const { pane, bounds, open } of before) {
      for (const one of pane.root.querySelectorAll("details")) one.open = open.includes(one);
      pane.map.invalidateSize({ animate: false });
      pane.map.fitBounds(bounds, { animate: false });
    }
  });
})();
