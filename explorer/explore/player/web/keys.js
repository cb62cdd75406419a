// The keyboard: what keys do, and the help that `?` shows. A third word says what of a
// video a key needs (Player.has); where there is none, the key does nothing.

const KEY_HELP = [
  ["Space", "play or pause", "scene"],
  ["← →", "one sample; Shift: 1 s; Alt (focus in the player): one frame", "imprint"],
  ["← →", "0.2 s; Shift: 1 s; Alt (focus in the player): one frame", "plain"],
  ["Home End", "start, end"],
  [", .", "slower, faster", "scene"],
  ["Tab Shift+Tab", "on the time axis: next, previous detection"],
  ["E Shift+E", "next, previous error: wrong or missed"],
  ["W Shift+W", "next, previous error of this class, through all videos"],
  ["G Shift+G", "next, previous truth"],
  ["S D", "start, end of what is pinned"],
  ["L", "loop what is pinned", "scene"],
  ["1 to 9", "class"],
  ["X Shift+X", "next, previous class"],
  ["M Shift+M", "next, previous layer of the imprint", "imprint"],
  ["arrows, Enter", "on the imprint or the video, by Tab: move over cells, pin", "imprint"],
  ["B Shift+B", "brush: paint cells of the imprint with the class; its width", "imprint"],
  ["Enter Shift+arrows", "with the brush, on the imprint: paint; Alt+Enter: background", "imprint"],
  ["I", "with the brush: paint every cell of this sample", "imprint"],
  ["U", "undo the last painting", "imprint"],
  ["H", "heat map on or off", "imprint"],
  ["Shift+H", "heat map: where it happens, or the class's score alone", "place"],
  ["[ ]", "heat map fainter, stronger", "imprint"],
  ["+ −  0", "zoom the time axis, all of it"],
  ["A F", "move the part of the time axis shown back, forward"],
  ["Z", "zoom to what is pinned"],
  ["T Shift+T", "score threshold up, down"],
  ["Esc", "unpin; put the brush away"],
  ["N P", "next, previous video"],
  ["K", "copy a link to this view"],
  ["?", "this list"],
];

const step = (sign) => (player, event) => {
  const { model } = player;
  if (event.shiftKey) player.commit({ time: player.state.time + sign });
  else if (event.altKey) player.commit({ time: player.state.time + sign / (model.frameRate || 25) });
  else player.commit({ time: model.timeOf(player.index + sign) });
};
const signOf = (event) => (event.shiftKey ? -1 : 1);

const KEYS = {
  " ": (player) => player.toggle(),
  ArrowLeft: step(-1),
  ArrowRight: step(1),
  Home: (player) => player.commit({ time: 0 }),
  End: (player) => player.commit({ time: player.model.timeOf(player.model.steps - 1) }),
  ",": (player) => player.changeRate(-1),
  ".": (player) => player.changeRate(1),
  e: (player, event) => player.goError(signOf(event)),
  w: (player, event) => player.goErrorOfClass(signOf(event)),
  g: (player, event) => player.goNextTruth(signOf(event)),
  s: (player) => player.goEdge(0),
  d: (player) => player.goEdge(1),
  l: (player) => player.toggleLoop(),
  x: (player, event) => player.nextClass(signOf(event)),
  m: (player, event) => player.nextLayer(signOf(event)),
  b: (player, event) => (event.shiftKey ? player.paint.nextBrush() : player.paint.toggle()),
  i: (player) => { if (player.paint.on) player.paint.paintSample(); },
  u: (player) => player.paint.undo(),
  h: (player, event) => (event.shiftKey ? player.nextMap() : player.commit({ heat: !player.state.heat })),
  "[": (player) => player.fade(-0.1),
  "]": (player) => player.fade(0.1),
  "+": (player) => player.zoomAround(player.state.time, 0.6),
  "=": (player) => player.zoomAround(player.state.time, 0.6),
  "-": (player) => player.zoomAround(player.state.time, 1 / 0.6),
  "0": (player) => player.zoomAll(),
  a: (player) => player.pan(-0.25),
  f: (player) => player.pan(0.25),
  z: (player) => player.zoomToSelection(),
  t: (player, event) => player.foot.nudge(signOf(event)),
  Escape: (player) => (player.paint.on ? player.paint.toggle() : player.unpin()),
  k: (player) => player.copyLink(),
  "?": (player) => player.help.open(player),
};

// What keys need, as the help says it.
const NEEDS = {
  " ": "scene", l: "scene", ",": "scene", ".": "scene",
  m: "imprint", h: "imprint", b: "imprint", i: "imprint", u: "imprint", "[": "imprint", "]": "imprint",
};

// Keys inside the player, and those that the page leaves to it.
class Keyboard {
  constructor(player) {
    this.player = player;
    this.inside = (event) => {
      if (!this.take(event)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    this.outside = (event) => {
      if (event.composedPath().includes(player.shell)) return; // heard inside
      if (!player.shell.isConnected || keptByPage(event)) return;
      if (this.take(event)) event.preventDefault();
    };
    player.shell.addEventListener("keydown", this.inside);
    document.addEventListener("keydown", this.outside);
  }

  close() {
    this.player.shell.removeEventListener("keydown", this.inside);
    document.removeEventListener("keydown", this.outside);
  }

  // Whether a key is the player's; if so it is done, or kept until the video is there.
  take(event) {
    const { player } = this, target = event.composedPath()[0];
    if (player.help.shown) return player.help.onKey(event);
    if (player.tour.shown && player.tour.onKey(event)) return true;
    if (event.ctrlKey || event.metaKey) return false;
    if (target.matches?.("input:not([type=range]):not([type=checkbox]), textarea, select")) return false;
    if (target.matches?.("input[type=range]") && /^(Arrow|Home$|End$|Page)/.test(event.key)) return false;
    const onButton = target.matches?.("button, input, summary, a");
    if (onButton && (event.key === " " || event.key === "Enter")) return false;
    const pressed = { key: event.key, shiftKey: event.shiftKey, altKey: event.altKey, target };
    if (!player.awaiting) return this.act(pressed);
    if (player.failed || !bound(pressed) || event.key === "?") return false;
    if (player.waitingKeys.length < MOST_KEYS) player.waitingKeys.push(pressed);
    return true;
  }

  act(event) {
    const { player } = this;
    if (event.target === player.imprint.over && moveOverImprint(player, event)) return true;
    if (event.target === player.stage.box && player.has("imprint") && moveOverVideo(player, event)) return true;
    if (event.key === "Tab") return event.target === player.timeline.over && walk(player, event);
    const action = bound(event), needs = NEEDS[event.key.toLowerCase()];
    if (!action || (needs && !player.has(needs))) return false;
    action(player, event);
    return true;
  }
}

function bound({ key }) {
  if (/^[1-9]$/.test(key)) {
    return (player) => {
      const item = player.model.classes[Number(key) - 1];
      if (item) player.chooseClass(item.label);
    };
  }
  return Object.hasOwn(KEYS, key) ? KEYS[key] : KEYS[key.length === 1 ? key.toLowerCase() : ""];
}

// What of the page has a key of its own: fields, lists, tables and sliders all keys,
// buttons and choices those that press and move them; and whatever lies over the page.
const ALL_KEYS = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, "
  + "[contenteditable=true], [role=listbox], [role=combobox], [role=grid], [role=slider], [role=menu], "
  + "[role=spinbutton], [role=textbox], [role=tree], [role=dialog], dialog, iframe, video, audio, "
  + "[data-testid=stDataFrame]";
const SOME_KEYS = "button, a, summary, input, [role=radio], [role=tab], [role=checkbox], [role=switch], [role=option]";
const OVER_PAGE = "[role=dialog], [role=alertdialog], [role=menu], [role=listbox], [data-baseweb=popover], dialog[open]";

function keptByPage(event) {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return true;
  const path = event.composedPath().filter((node) => node instanceof Element);
  if (path.some((node) => node.matches(ALL_KEYS))) return true;
  const pressing = /^( |Enter|Arrow.*|Home|End|Tab)$/.test(event.key);
  if (event.key === "Tab" || (pressing && path.some((node) => node.matches(SOME_KEYS)))) return true;
  return [...document.querySelectorAll(OVER_PAGE)].some((node) => node.getClientRects().length);
}

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function moveOverImprint(player, event) {
  const { state, model } = player, from = state.hoverCell ?? state.cell ?? model.origin(player.index);
  return player.paint.onKey(event, from) || moveCell(player, event, from, (cell) => cell);
}

// Over the cells of the picture that is shown: its window of the imprint, no further.
function moveOverVideo(player, event) {
  const { state, model, index } = player, [row, column] = model.origin(index);
  const at = [state.hoverCell, state.cell].find((cell) => cell && model.covers(index, cell));
  const middle = [row + (model.window[0] >> 1), column + (model.window[1] >> 1)];
  const [gh, gw] = model.cells, from = at ?? [middle[0] % gh, middle[1] % gw];
  return moveCell(player, event, from, (cell) => (model.covers(index, cell) ? cell : from));
}

function moveCell(player, event, from, allowed) {
  if (event.key === "Enter") {
    player.pinCell(from);
    return true;
  }
  const move = MOVES[event.key];
  if (!move || event.altKey || event.shiftKey) return false;
  const [gh, gw] = player.model.cells;
  player.set({ hoverCell: allowed([(from[0] + move[0] + gh) % gh, (from[1] + move[1] + gw) % gw]) });
  player.say();
  return true;
}

// Tab walks over the detections shown, in time order, and goes on after the last.
function walk(player, event) {
  const order = player.shownDetections().map(({ number }) => number);
  const at = order.indexOf(player.state.detection);
  const next = event.shiftKey ? (at < 0 ? -1 : at - 1) : at + 1;
  if (next < 0 || next >= order.length) return false;
  player.pinDetection(order[next]);
  return true;
}

class Help {
  constructor(root) {
    this.box = root.querySelector("dialog");
    this.box.querySelector("button").onclick = () => this.close();
  }

  get shown() {
    return this.box.open;
  }

  open(player) {
    this.box.querySelector(".rows").replaceChildren(...helpRows(player));
    this.box.showModal();
  }

  close() {
    this.box.close();
  }

  // While it is open the keys are its own: Esc and `?` close it and do no more.
  onKey(event) {
    if (event.key !== "Escape" && event.key !== "?") return false;
    this.close();
    return true;
  }
}

function helpRows(player) {
  return KEY_HELP.filter(([, , needs]) => !needs || player.has(needs)).map(([keys, what]) => {
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
