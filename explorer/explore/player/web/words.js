// Detections, truths and cells in words: for the inspector, tips and screen readers.

const VERDICTS = {
  right: "✓ right", wrong: "✕ wrong", ignored: "○ not counted", found: "found",
  hidden: "below the threshold",
};

function counted(number, what) {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

// A moment under all the numbers that it has: not every video has frames, or samples.
function momentText(model, time, index) {
  const parts = [formatTime(time, model.digits)], frame = model.frameAt(time);
  if (frame !== null) parts.push(`frame ${frame}`);
  if (model.hasImprint) parts.push(`sample ${index}`);
  return parts.join(" · ");
}

function spanText([from, to], { digits }) {
  return `${from.toFixed(digits)}–${to.toFixed(digits)} s`;
}

function describeDetection(player, number) {
  const { model, judged } = player, d = model.found[number];
  const overlap = model.hasTruth ? `, ${VERDICTS[judged.kinds[number]]} (IoU ${d.overlap.toFixed(2)})` : "";
  return `${model.name(d.label)} ${d.score.toFixed(2)}, ${spanText(d.span, model)}${overlap}`;
}

function describeTruth(player, number) {
  const { model, judged } = player, { label, span } = model.truth[number];
  const end = judged.finders[number][0] >= 0 ? "found" : "missed";
  return `truth: ${model.name(label)} ${spanText(span, model)}, ${end}`;
}

// What the inspector says of a detection: a title with its mark, then facts.
function aboutDetection(player, number) {
  const { model, judged } = player, d = model.found[number], kind = judged.kinds[number];
  const title = textSpan(`Detection ${number}: ${model.name(d.label)}`, "title");
  title.append(textSpan(VERDICTS[kind], `mark ${kind}`));
  const facts = [spanText(d.span, model), `score ${d.score.toFixed(2)}`];
  if (judged.truthOf[number] >= 0) facts.push(`finds truth ${judged.truthOf[number]}`);
  if (model.hasTruth) facts.push(`IoU ${d.overlap.toFixed(2)} with a truth of its class`);
  if (d.proposal) facts.push(`from the proposal ${spanText(d.proposal, model)}`);
  if (d.byHead) facts.push("start and end told by the temporal head");
  if (d.level !== undefined) facts.push(`level ${d.level.toFixed(2)}`);
  if (d.beat) facts.push(`suppressed ${d.beat}`);
  return [title, textSpan(facts.join(" · "))];
}

// Of a truth: who found it, or else what came nearest; and what the scores were there.
function aboutTruth(player, number) {
  const { model, judged, state } = player, t = model.truth[number];
  const [by, , overlap] = judged.finders[number], missed = by < 0;
  const title = textSpan(`Truth ${number}: ${model.name(t.label)}`, "title");
  title.append(missed ? textSpan("missed", "mark wrong") : textSpan("✓ found", "mark right"));
  const lines = [spanText(t.span, model)];
  if (!missed) {
    lines[0] += ` · found by detection ${by} (score ${model.found[by].score.toFixed(2)}, IoU ${overlap.toFixed(2)})`;
  } else {
    lines.push(...aboutMiss(model, judged, t, state.tiou));
  }
  if (t.inside) {
    const { mean, highest, other, other_mean } = t.inside;
    const rest = other === null ? "" : ` · strongest other: ${other}, mean ${other_mean.toFixed(2)}`;
    lines.push(`Scores here: ${model.name(t.label)} mean ${mean.toFixed(2)}, highest ${highest.toFixed(2)}${rest}`);
  }
  const parts = [title, ...lines.map((line) => textSpan(line))];
  const near = missed ? t.nearest?.detection : by;
  if (near !== undefined) parts.push(plainButton(`Go to detection ${near}`, () => player.pinDetection(near)));
  return parts;
}

function aboutMiss(model, judged, truth, tiou) {
  const lines = [], last = truth.by[judged.level].at(-1);
  if (last) lines.push(`Found by detection ${last[0]} if scores from ${(Math.floor(last[1] * 100) / 100).toFixed(2)} count.`);
  if (!truth.nearest) return [...lines, "No detection of any class overlaps it."];
  const { detection, overlap } = truth.nearest, d = model.found[detection];
  const low = judged.kinds[detection] === "hidden" ? ", below the threshold" : "";
  const why = d.label !== truth.label ? ", another class" : overlap <= tiou ? "" : ", taken by another truth";
  lines.push(`Nearest: detection ${detection}, ${model.name(d.label)} ${d.score.toFixed(2)}, `
    + `IoU ${overlap.toFixed(2)}${low || why}`);
  return lines;
}

function aboutCell(player, cell) {
  const { model, state } = player, n = model.frameCount[cell[0] * model.cells[1] + cell[1]];
  const title = textSpan(`Cell ${cell[0]}, ${cell[1]}`, "title");
  if (state.cell) title.append(textSpan("pinned", "mark pin"));
  const strongest = model.classes.slice()
    .sort((a, b) => model.cellScore(cell, b.label) - model.cellScore(cell, a.label)).slice(0, 2);
  const scores = [...strongest.map((c) => c.label), 0]
    .map((label) => `${model.name(label)} ${model.cellScore(cell, label).toFixed(2)}`);
  if (!n) return [title, textSpan("No sample lies here.")];
  return [title, textSpan(`${counted(n, "sample")} · ${scores.join(" · ")}`)];
}

function plainButton(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = text;
  button.onclick = act;
  return button;
}

function textSpan(text, name = "") {
  const span = document.createElement("span");
  span.textContent = text;
  span.className = name;
  return span;
}
