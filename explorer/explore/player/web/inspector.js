// Numbers of the moment, what is pinned, and the samples that lie on the pinned cell or
// next to it.

const STRIP_CHUNK = 120;
const BESIDES = 4; // moments next to a cell that are offered

class Inspector {
  constructor(root, player) {
    this.player = player;
    this.numbers = root.querySelector(".numbers");
    this.scores = root.querySelector(".scores");
    this.pinned = root.querySelector(".pinned");
    this.moments = root.querySelector(".moments");
    this.strip = root.querySelector(".strip");
    this.besides = root.querySelector(".besides");
    this.strip.addEventListener("scroll", () => this.grow());
  }

  load() {
    this.key = this.stripKey = this.pinKey = null;
  }

  draw() {
    const { model, state, index } = this.player;
    if (!model) return;
    const native = model.frameAt(state.time);
    const key = [index, native, state.label, state.time.toFixed(model.digits)].join("|");
    if (key !== this.key) {
      this.key = key;
      this.drawNumbers(model, state, index, native);
      if (model.hasImprint) this.drawScores(model, state, index);
    }
    this.drawPinned(model, state);
    this.drawStrip(model, state);
  }

  drawNumbers(model, state, index, native) {
    const values = [["Time", `${state.time.toFixed(model.digits)} s`, "Seconds from the start of the video"]];
    if (native !== null) {
      values.push(["Frame, from 0", `${native}`, "Number of the frame in the video file; the first is 0"]);
    }
    if (model.hasImprint) {
      values.push(["Sample, from 0", `${index} / ${model.steps - 1}`,
        "Samples are the frames looked at, by default 5 a second; the first is 0"]);
      values.push(["Cell", model.origin(index).join(", "),
        "Where the sample's window begins on the imprint: row, column, from 0"]);
    }
    this.numbers.replaceChildren(...values.map(([name, value, what]) => {
      const box = document.createElement("div");
      box.title = what;
      box.append(textSpan(name, "name"), textSpan(value, "value"));
      return box;
    }));
  }

  // The strongest classes of this sample, the chosen one always, background last.
  drawScores(model, state, index) {
    const labels = model.classes.map((c) => c.label);
    labels.sort((a, b) => model.score(index, b) - model.score(index, a));
    const shown = labels.slice(0, 4);
    if (!shown.includes(state.label)) shown[3] = state.label;
    this.scores.replaceChildren(...[...shown, 0].map((label) => this.scoreRow(model, label, index)));
  }

  scoreRow(model, label, index) {
    const { state, colours } = this.player, value = model.score(index, label);
    const row = document.createElement(label ? "button" : "div");
    row.className = label === state.label ? "score chosen" : "score";
    const bar = document.createElement("i");
    bar.style.width = `${(value * 100).toFixed(1)}%`;
    bar.style.background = label ? colours.ofClass(model.classOf.get(label)) : colours.grey;
    const track = document.createElement("span");
    track.className = "track";
    track.append(bar);
    row.append(textSpan(model.name(label), "name"), track, textSpan(value.toFixed(2), "value"));
    if (label) {
      row.type = "button";
      row.onclick = () => this.player.chooseClass(label);
    }
    return row;
  }

  drawPinned(model, state) {
    const cell = state.cell ?? state.hoverCell, { player } = this;
    const key = [cell, state.detection, state.truth, state.label, Boolean(state.cell), player.least,
      state.tiou].join("|");
    if (key === this.pinKey) return;
    this.pinKey = key;
    const parts = [];
    if (model.found[state.detection]) parts.push(...aboutDetection(player, state.detection));
    else if (model.truth[state.truth]) parts.push(...aboutTruth(player, state.truth));
    if (cell) parts.push(...aboutCell(player, cell));
    if (!parts.length) parts.push(...this.hints(model, state));
    this.pinned.replaceChildren(...parts);
  }

  // The idea in one sentence: moments far apart that lie on the same cells.
  hints(model, state) {
    if (!model.hasImprint) {
      return [textSpan("Click a bar of the time axis to pin it: what it is, and what found it.", "hint")];
    }
    const found = model.sharing(state.label), hint = textSpan(
      "Click a cell of the imprint, a spot of the video's picture or a bar of the time axis to pin it.", "hint",
    );
    if (!found) return [hint];
    const times = `${formatTime(found.first)} and ${formatTime(found.second)}`;
    const cell = found.shared[Math.floor(found.shared.length / 2)], gw = model.cells[1];
    return [
      textSpan(`${model.name(state.label)} at ${times} shares ${counted(found.shared.length, "cell")}: `
        + "moments that look alike lie on the same cells."),
      plainButton("Show one of these cells", () => this.player.commit({ cell: [Math.floor(cell / gw), cell % gw] })),
      hint,
    ];
  }

  // The strip holds exactly the samples of the pinned cell; it grows as it is scrolled.
  drawStrip(model, state) {
    const key = state.cell ? state.cell.join("-") : "";
    if (key !== this.stripKey) {
      this.stripKey = key;
      this.frames = state.cell ? model.framesOn(state.cell) : [];
      this.strip.replaceChildren();
      this.moments.hidden = !this.frames.length;
      this.addTiles();
      this.strip.scrollTop = 0;
      const nearby = state.cell ? model.besides(state.cell, BESIDES) : [];
      this.besides.hidden = !nearby.length;
      this.besides.lastElementChild.replaceChildren(...nearby.map((i) => this.tile(i, ", next to this cell")));
      this.marked = null;
    }
    const index = this.player.index;
    if (this.marked !== index) {
      this.marked = index;
      for (const tile of this.moments.querySelectorAll(".tile")) {
        tile.setAttribute("aria-current", Number(tile.dataset.index) === index);
      }
    }
  }

  addTiles() {
    const from = this.strip.children.length;
    this.strip.append(...this.frames.slice(from, from + STRIP_CHUNK).map((index) => this.tile(index)));
    this.marked = null;
  }

  // A moment as a button: a click goes there, pointing shows its window.
  tile(index, where = "") {
    const { player } = this, time = player.model.times[index];
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tile";
    button.dataset.index = index;
    button.append(player.tile(index) ?? "", textSpan(formatTime(time)));
    button.setAttribute("aria-label", `go to ${formatTime(time)}${where}`);
    button.onclick = () => player.commit({ time: player.model.timeOf(index) });
    button.onpointerenter = button.onfocus = () => player.set({ hoverTime: time });
    button.onpointerleave = button.onblur = () => player.set({ hoverTime: null });
    return button;
  }

  grow() {
    const strip = this.strip;
    if (this.frames.length > strip.children.length
      && strip.scrollTop + strip.clientHeight > strip.scrollHeight - 80) this.addTiles();
  }
}
