// The keyboard: one table that is both the bindings and the help that `?` shows.

const KEY_HELP = [
  ["Space", "play or pause"],
  ["← →", "one feature step; Shift: 1 s; Alt: one frame of the video"],
  ["Home End", "start, end"],
  [", .", "slower, faster"],
  ["Tab Shift+Tab", "on the timeline: next, previous detection"],
  ["E Shift+E", "next, previous error"],
  ["G Shift+G", "next, previous truth"],
  ["S D", "start, end of the selected detection"],
  ["L", "loop the selected detection"],
  ["1 to 9", "class"],
  ["M Shift+M", "next, previous layer of the imprint"],
  ["arrows, Enter", "on the imprint: move over cells, pin"],
  ["H", "heat map on or off"],
  ["[ ]", "heat map fainter, stronger"],
  ["+ −  0", "zoom the timeline, all of it"],
  ["Esc", "unpin"],
  ["N P", "next, previous video"],
  ["K", "copy a link to this view"],
  ["?", "this list"],
];

function onKey(player, event) {
  const target = event.composedPath()[0];
  if (event.ctrlKey || event.metaKey || !player.model) return false;
  if (target.matches?.("input:not([type=range]):not([type=checkbox]), textarea, select")) return false;
  if (target.matches?.("input[type=range]") && event.key.startsWith("Arrow")) return false;
  const onButton = target.matches?.("button, input, summary, a");
  if (onButton && (event.key === " " || event.key === "Enter")) return false;
  if (target === player.imprint.over && moveCell(player, event)) return true;
  if (event.key === "Tab") return target === player.timeline.over && walk(player, event);
  const action = KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
  if (action) {
    action(player, event);
    return true;
  }
  if (/^[1-9]$/.test(event.key)) {
    const item = player.model.classes[Number(event.key) - 1];
    if (item) player.chooseClass(item.label);
    return Boolean(item);
  }
  return false;
}

const step = (sign) => (player, event) => {
  const { model } = player;
  if (event.shiftKey) player.commit({ time: player.state.time + sign });
  else if (event.altKey) player.commit({ time: player.state.time + sign / (model.frameRate || 25) });
  else player.commit({ time: model.timeOf(player.index + sign) });
};

const KEYS = {
  " ": (player) => player.toggle(),
  ArrowLeft: step(-1),
  ArrowRight: step(1),
  Home: (player) => player.commit({ time: 0 }),
  End: (player) => player.commit({ time: player.model.timeOf(player.model.steps - 1) }),
  ",": (player) => player.changeRate(-1),
  ".": (player) => player.changeRate(1),
  e: (player, event) => player.goError(event.shiftKey ? -1 : 1),
  g: (player, event) => player.goNextTruth(event.shiftKey ? -1 : 1),
  s: (player) => player.goEdge(0),
  d: (player) => player.goEdge(1),
  l: (player) => player.toggleLoop(),
  m: (player, event) => player.nextLayer(event.shiftKey ? -1 : 1),
  h: (player) => player.set({ heat: !player.state.heat }),
  "[": (player) => player.fade(-0.1),
  "]": (player) => player.fade(0.1),
  "+": (player) => player.zoomAround(player.state.time, 0.6),
  "=": (player) => player.zoomAround(player.state.time, 0.6),
  "-": (player) => player.zoomAround(player.state.time, 1 / 0.6),
  "0": (player) => player.zoomTo(0, player.model.duration),
  Escape: (player) => player.unpin(),
  k: (player) => player.copyLink(),
  "?": (player) => player.help.showModal(),
};

function moveCell(player, event) {
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const from = player.state.hoverCell ?? player.state.cell ?? player.model.origin(player.index);
  if (event.key === "Enter") {
    player.pinCell(from);
    return true;
  }
  const move = moves[event.key];
  if (!move || event.altKey || event.shiftKey) return false;
  const [gh, gw] = player.model.cells;
  player.set({ hoverCell: [(from[0] + move[0] + gh) % gh, (from[1] + move[1] + gw) % gw] });
  player.say();
  return true;
}

// Tab walks over the detections in time order and leaves the timeline after the last.
function walk(player, event) {
  const order = player.model.found
    .map((d, i) => [d.span[0], i])
    .filter(([, i]) => player.model.found[i].score >= player.state.minScore)
    .sort((a, b) => a[0] - b[0])
    .map(([, i]) => i);
  const at = order.indexOf(player.state.detection);
  const next = event.shiftKey ? (at < 0 ? -1 : at - 1) : at + 1;
  if (next < 0 || next >= order.length) return false;
  player.pinDetection(order[next]);
  return true;
}

function helpRows() {
  return KEY_HELP.map(([keys, what]) => {
    const row = document.createElement("div");
    const names = document.createElement("span");
    for (const key of keys.split(" ").filter(Boolean)) {
      const cap = document.createElement(/^[–,]|^to$/.test(key) && key.length > 1 ? "span" : "kbd");
      cap.textContent = key;
      names.append(cap);
    }
    row.append(names, textSpan(what));
    return row;
  });
}
