// What is right, wrong and missed at a threshold and a tIoU. Who finds a truth is said
// by the payload for every threshold; here it is only looked up and counted.

class Judge {
  constructor(model) {
    this.model = model;
  }

  // `least`: the lowest score that counts, -Infinity for all.
  at(least, tiou) {
    const key = `${least}|${tiou}`;
    if (this.key !== key) {
      this.key = key;
      this.judged = this.look(least, tiou);
    }
    return this.judged;
  }

  look(least, tiou) {
    const { found, truth, tious, hasTruth } = this.model;
    const level = Math.max(0, tious.findIndex((t) => Math.abs(t - tiou) < 1e-6));
    const finders = truth.map((t) => t.by[level].find(([, to]) => least <= to) ?? NOBODY);
    const truthOf = new Int32Array(found.length).fill(-1);
    finders.forEach(([detection], number) => {
      if (detection >= 0) truthOf[detection] = number;
    });
    const kinds = found.map((d, i) => {
      if (d.score < least) return "hidden";
      if (!hasTruth) return "found";
      if (truthOf[i] >= 0) return "right";
      return d.ignored ? "ignored" : "wrong";
    });
    const counts = new Map(), all = emptyCount();
    const count = (label, kind) => {
      if (!counts.has(label)) counts.set(label, emptyCount());
      counts.get(label)[kind] += 1;
      all[kind] += 1;
    };
    found.forEach((d, i) => count(d.label, kinds[i]));
    truth.forEach((t, number) => {
      count(t.label, "true");
      if (finders[number][0] < 0) count(t.label, "missed");
    });
    return {
      level, finders, truthOf, kinds, all,
      of: (label) => counts.get(label) ?? emptyCount(),
      precision: share(all.right, all.right + all.wrong),
      recall: share(all.true - all.missed, all.true),
    };
  }
}

const NOBODY = [-1, -Infinity, 0];

function emptyCount() {
  return { true: 0, missed: 0, right: 0, wrong: 0, ignored: 0, found: 0, hidden: 0 };
}

// Of none, no share is known.
function share(part, whole) {
  return whole ? part / whole : null;
}

function shareText(value) {
  return value === null ? "–" : value.toFixed(2);
}

// "2 true · 1 right · 3 wrong · 1 missed"; what there is none of is left out.
function countText(count, hasTruth) {
  if (!hasTruth) return `${count.found} found`;
  const parts = [`${count.true} true`, `${count.right} right`];
  for (const kind of ["wrong", "missed"]) if (count[kind]) parts.push(`${count[kind]} ${kind}`);
  return parts.join(" · ");
}
