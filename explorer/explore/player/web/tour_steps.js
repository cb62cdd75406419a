// The seven steps of the tour: what each points at, what it does, what it says.
// A step does all that its words need, so that Back shows what it showed before.

// What the tour is about: a class two of whose actions share cells, one of those cells,
// and the sample on it that scores highest. Where no class has such, what is shown now.
function tourStory(player) {
  const { model, state } = player;
  const labels = [state.label, ...model.classes.filter((c) => c.present).map((c) => c.label)];
  const label = labels.find((one) => model.sharing(one)) ?? state.label, pair = model.sharing(label);
  const [gh, gw] = model.cells, [row, column] = model.origin(player.index);
  let cell = [(row + (model.window[0] >> 1)) % gh, (column + (model.window[1] >> 1)) % gw];
  let index = player.index;
  if (pair) {
    const most = pair.shared.reduce((top, one) => Math.max(top, model.frameCount[one]), 0);
    const full = pair.shared.filter((one) => model.frameCount[one] === most);
    const place = full[full.length >> 1];
    cell = [Math.floor(place / gw), place % gw];
    index = model.framesOn(cell).reduce((a, b) => (model.score(b, label) > model.score(a, label) ? b : a));
  }
  return { label, pair, cell, index, detection: tourDetection(player, label, model.times[index]) };
}

// The best detection of the class at a time, else of the class, else of all that count.
function tourDetection(player, label, time) {
  const { found } = player.model, { kinds } = player.judged;
  const shown = found.map((_, i) => i).filter((i) => kinds[i] !== "hidden");
  const own = shown.filter((i) => found[i].label === label);
  const here = own.filter((i) => found[i].span[0] <= time && time < found[i].span[1]);
  return here[0] ?? own[0] ?? shown[0] ?? null; // the best come first
}

const atRest = { detection: null, truth: null, loop: false };

const TOUR = [
  {
    title: "A frame",
    at: (player) => player.stage.box,
    patch: ({ model }, { label, index }) => (
      { ...atRest, label, time: model.timeOf(index), cell: null, layer: "mosaic", heat: true }
    ),
    words: (player, { label, index }) => {
      const { model } = player, [first, second] = model.times;
      const often = second === undefined ? "once" : `every ${(second - first).toFixed(1)} s`;
      const heat = player.has("heat") ? ` Over it lies the heat map of ${model.name(label)}.` : "";
      return `The video is looked at ${often}: this is sample ${index}, at ${formatTime(model.times[index])}.${heat} `
        + "The key Space plays.";
    },
  },
  {
    title: "Its window on the imprint",
    at: (player, { index }) => cellsAt(player, player.model.origin(index), player.model.window),
    patch: (player, { index }) => ({ ...atRest, time: player.model.timeOf(index), cell: null, layer: "mosaic" }),
    words: ({ model }) => (
      `All ${model.steps} samples share one small map, the imprint: ${model.cells.join(" × ")} cells whose edges join. `
      + `This sample fits best in this window of ${model.window.join(" × ")} cells.`
    ),
  },
  {
    title: "A cell",
    at: (player, { cell }) => cellsAt(player, cell, [1, 1]),
    patch: (player, { index, cell }) => ({ ...atRest, time: player.model.timeOf(index), cell, layer: "mosaic" }),
    words: () => "One cell of the window is pinned now. A click on any cell pins it, and so does one on the picture.",
  },
  {
    title: "Who else lives here",
    at: (player) => player.inspector.moments,
    patch: (player, { index, cell }) => ({ ...atRest, time: player.model.timeOf(index), cell, layer: "mosaic" }),
    words: ({ model }, { label, pair, cell }) => {
      const said = `${counted(model.framesOn(cell).length, "sample")} of this video lie on the cell: here they are.`;
      if (!pair) return `${said} What looks alike shares cells, whenever it was.`;
      return `${said} ${model.name(label)} from ${formatTime(pair.first)} and from ${formatTime(pair.second)} are both `
        + "among them: what looks alike shares cells, whenever it was.";
    },
  },
  {
    title: "Segmentation",
    at: (player) => player.imprint.box,
    patch: (player, { index, cell }) => ({ ...atRest, time: player.model.timeOf(index), cell, layer: "segmentation" }),
    words: () => (
      "A small network gives each cell of the imprint a class, for the whole video at once. The buttons below the "
      + "imprint show other layers, such as the class's score or the truth."
    ),
  },
  {
    title: "Back in time",
    at: (player) => player.find(".timeline"),
    patch: (player, { index, cell }) => ({ ...atRest, time: player.model.timeOf(index), cell, layer: "segmentation" }),
    words: ({ model }, { label }) => (
      `Each sample gets its scores back from the cells of its window: the curve of ${model.name(label)}. `
      + "Where it is high there are detections: the bars."
    ),
  },
  {
    title: "Why this detection",
    at: (player) => player.inspector.pinned,
    needs: ({ detection }) => detection !== null,
    patch: ({ model }, { detection }) => {
      const { label, span } = model.found[detection];
      const time = Math.min(span[0] + 0.002, span[1]);
      return { ...atRest, detection, label, time, cell: null, layer: "segmentation" };
    },
    words: (player) => (
      "A detection is pinned: its score, the proposal that it came from"
      + `${player.model.hasTruth ? ", and whether it finds a truth" : ""}. A click on any bar asks the same of it. `
      + "The key ? lists all keys."
    ),
  },
];

// Where cells lie on screen; of a window over an edge of the torus its largest piece.
function cellsAt(player, place, size) {
  const { model } = player, box = player.imprint.over.getBoundingClientRect();
  const across = box.width / model.cells[1], down = box.height / model.cells[0];
  const [r, c, h, w] = windowPieces(place, size, model.cells).reduce((a, b) => (a[2] * a[3] >= b[2] * b[3] ? a : b));
  return new DOMRect(box.left + c * across, box.top + r * down, w * across, h * down);
}
