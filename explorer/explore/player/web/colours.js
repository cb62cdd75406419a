// Colours from the theme of the app (--st-* variables), and small drawing tools.

class Colours {
  constructor(host) {
    const style = getComputedStyle(host);
    const read = (name) => style.getPropertyValue(`--st-${name}`).trim();
    const list = (name) => read(name).split(",").map((c) => c.trim());
    this.text = read("text-color");
    this.background = read("background-color");
    this.panel = read("secondary-background-color");
    this.border = read("border-color");
    this.primary = read("primary-color");
    this.right = read("green-color");
    this.wrong = read("red-color");
    this.classes = list("chart-categorical-colors");
    this.ramp = makeRamp(list("chart-sequential-colors"));
    this.rampCss = `linear-gradient(90deg, ${list("chart-sequential-colors").join(",")})`;
    this.dark = luminance(this.background) < 0.4;
    this.grey = this.ignored = "#8A94A0";
    this.font = read("font") || "sans-serif";
    this.key = [this.text, this.background, this.primary, this.classes].join();
  }

  ofClass(item) {
    return item && item.slot >= 0 ? this.classes[item.slot] ?? this.grey : this.grey;
  }
}

function channels(hex) {
  const value = parseInt(hex.slice(1, 7), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function luminance(hex) {
  const [r, g, b] = channels(hex.startsWith("#") ? hex : "#FFFFFF");
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

// 256 colours between the given ones, as rows of r, g, b.
function makeRamp(stops) {
  const ramp = new Uint8Array(256 * 3), parts = stops.map(channels);
  for (let i = 0; i < 256; i++) {
    const place = (i / 255) * (parts.length - 1);
    const low = Math.min(Math.floor(place), parts.length - 2), share = place - low;
    for (let k = 0; k < 3; k++) {
      ramp[i * 3 + k] = parts[low][k] * (1 - share) + parts[low + 1][k] * share;
    }
  }
  return ramp;
}

// Size a canvas to its box in device pixels; gives its context in CSS pixels.
function fitCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const w = Math.max(1, Math.round(width * ratio)), h = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

// A small picture, one pixel a value: paint(i) gives [r, g, b, a] of 0..255.
function pixelPicture(width, height, paint) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set(paint(i), i * 4);
  context.putImageData(image, 0, 0);
  return canvas;
}

function hatch(context, colour, step = 6, width = 1.5) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = step;
  const pen = tile.getContext("2d");
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  for (const shift of [-step, 0, step]) {
    pen.beginPath();
    pen.moveTo(shift, step);
    pen.lineTo(shift + step, 0);
    pen.stroke();
  }
  return context.createPattern(tile, "repeat");
}

// A window that wraps around the torus, as rectangles in cells.
function windowPieces(origin, size, cells) {
  const split = (start, length, total) => {
    const first = Math.min(length, total - start);
    const pieces = [[start, first]];
    if (length > first) pieces.push([0, Math.min(length, total) - first]);
    return pieces;
  };
  const rows = split(origin[0], size[0], cells[0]);
  const columns = split(origin[1], size[1], cells[1]);
  return rows.flatMap(([r, h]) => columns.map(([c, w]) => [r, c, h, w]));
}
