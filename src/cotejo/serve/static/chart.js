// Curves over epochs, drawn as SVG.

import { decimal, percent, say } from "./common.js";

const NS = "http://www.w3.org/2000/svg";
// On a phone the chart is drawn smaller, so that its letters are as large as those around it.
const NARROW = matchMedia("(max-width: 44rem)").matches;
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [NARROW ? 360 : 720, NARROW ? 240 : 300, 56, 14, 12, 34];

/** Colours that colour-blind readers tell apart (Okabe and Ito). */
export const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8b8b8b"];

function draw(tag, attributes, text) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Return round numbers from about the lowest to about the highest. */
function ticks(low, high, most) {
  const raw = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(each => each * power).find(each => each >= raw);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) found.push(value);
  return found;
}

/**
 * Return a chart.
 *
 * @param lines each with `points` [[epoch, value], …], `colour`, `dashed` and `title`.
 * @param isShare whether the values are shown as percentages.
 */
export function chart(lines, isShare, title) {
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title });
  const points = lines.flatMap(line => line.points);
  if (!points.length) return svg;
  const epochs = points.map(point => point[0]), values = points.map(point => point[1]);
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)];
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (low === high) [low, high] = [low - 0.05, high + 0.05];
  const x = epoch => LEFT + (last === first ? 0.5 : (epoch - first) / (last - first)) * (WIDTH - LEFT - RIGHT);
  const y = value => HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM);
  const shown = value => isShare ? percent(value) : decimal(value, high - low < 1 ? 2 : 1);
  for (const value of ticks(low, high, 5)) {
    svg.append(draw("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
      draw("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, shown(value)));
  }
  for (const epoch of ticks(first, last, NARROW ? 5 : 8).filter(Number.isInteger)) {
    svg.append(draw("text", { x: x(epoch), y: HEIGHT - 16, "text-anchor": "middle" }, epoch));
  }
  svg.append(draw("text", { x: (LEFT + WIDTH) / 2, y: HEIGHT - 2, "text-anchor": "middle" }, say("epoch")));
  for (const line of lines) {
    const path = line.points.map(([epoch, value]) => `${x(epoch)},${y(value)}`).join(" ");
    const own = draw("polyline", { class: "line", points: path, stroke: line.colour });
    if (line.dashed) own.setAttribute("stroke-dasharray", "5 4");
    own.append(draw("title", {}, line.title));
    svg.append(own);
    if (line.points.length === 1) {
      const [epoch, value] = line.points[0];
      svg.append(draw("circle", { cx: x(epoch), cy: y(value), r: 4, fill: line.colour }));
    }
  }
  return svg;
}
