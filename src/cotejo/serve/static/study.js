// The page of one study: what trains, the alternatives, curves, pairs, mistakes and labels.

import { ask, byId, data, decimal, make, pause, percent, say, searchText } from "./common.js";
import { COLOURS, chart } from "./chart.js";
import { reviewSuspects } from "./suspects.js";

const base = `/v1/studies/${encodeURIComponent(data.study)}`;
let study = null, curves = [];

function fill(select, options, chosen) {
  select.replaceChildren(...options.map(([value, text]) => make("option", { value }, text)));
  if (chosen !== undefined) select.value = chosen;
}

const labelOf = name => study.table.find(each => each.name === name)?.label ?? name;
const runName = run => say("seed", { name: labelOf(run.alternative), count: run.seed });

// ---- what there is of it

function showSummary() {
  const parts = [say("data", { name: study.data }), say("runs", { count: study.finished, total: study.asked })];
  byId("summary").textContent = parts.join(" · ");
  if (study.has_report) {
    const link = make("a", { href: `${data.root}/studies/${encodeURIComponent(data.study)}/files/report.html` }, say("report"));
    byId("report").replaceChildren(link);
  }
}

// ---- the table of alternatives

const COLUMNS = [
  { key: "label", text: "alternative", value: row => row.label, show: row => row.label },
  { key: "settings", text: "settings", value: row => changes(row), show: row => changes(row) },
  { key: "valid", text: "valid_accuracy", number: true, value: row => row.valid_accuracy, show: row => share(row.valid_accuracy) },
  { key: "test", text: "test", number: true, value: row => row.test_accuracy,
    show: row => share(row.test_accuracy) + (row.spread ? ` ± ${decimal(100 * row.spread, 1)}` : "") },
  { key: "parameters", text: "parameters", number: true, value: row => row.parameters,
    show: row => row.parameters?.toLocaleString(data.language) ?? "" },
  { key: "seconds", text: "seconds", number: true, value: row => row.seconds, show: row => duration(row.seconds) },
];
let sorted = { column: null, down: true };

const share = value => value === null ? "–" : percent(value);
const changes = row => Object.entries(row.changes).map(([name, value]) => `${name} = ${value}`).join(", ");

function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  const whole = Math.round(seconds);
  if (whole < 60) return `${seconds < 10 ? decimal(seconds, 1) : whole}\u00a0s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}\u00a0min ${whole % 60}\u00a0s`;
  return `${Math.floor(whole / 3600)}\u00a0h ${Math.floor(whole % 3600 / 60)}\u00a0min`;
}

function showTable() {
  const wanted = byId("filter").value.trim().toLowerCase();
  let rows = study.table.filter(row => !wanted ||
    `${row.label} ${row.name} ${changes(row)}`.toLowerCase().includes(wanted));
  if (sorted.column) {
    const value = sorted.column.value, sign = sorted.down ? -1 : 1;
    rows = rows.toSorted((one, other) => {
      const [a, b] = [value(one), value(other)];
      if (a === null || b === null) return (a === null) - (b === null); // unknown ones come last
      return sign * (typeof a === "string" ? a.localeCompare(b) : a - b);
    });
  }
  const heads = COLUMNS.map(column => {
    const button = make("button", { type: "button" }, say(column.text));
    button.addEventListener("click", () => {
      sorted = { column, down: sorted.column === column ? !sorted.down : Boolean(column.number) };
      showTable();
      byId("alternatives").querySelectorAll("thead button")[COLUMNS.indexOf(column)].focus();
    });
    const head = make("th", { scope: "col", class: column.number ? "number" : "" }, button);
    if (sorted.column === column) {
      head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      button.append(sorted.down ? " ↓" : " ↑");
    }
    return head;
  });
  const body = rows.map(row => make("tr", { class: row.name === study.best_name ? "best" : "" },
    ...COLUMNS.map((column, place) => make(place ? "td" : "th",
      { class: column.number ? "number" : "", ...(place ? {} : { scope: "row" }) }, column.show(row)))));
  byId("alternatives").replaceChildren(
    make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...body));
}

// ---- curves

const FIGURES = [["valid_accuracy", true], ["train_accuracy", true], ["valid_loss", false], ["train_loss", false]];

function figureName(key) {
  const [split, kind] = key.split("_");
  return `${say(kind === "loss" ? "loss" : "accuracy")}, ${say(split === "valid" ? "valid" : "train").toLowerCase()}`;
}

function offerCurves() {
  if (!byId("curve-figure").options.length) {
    fill(byId("curve-figure"), FIGURES.map(([key]) => [key, figureName(key)]));
  }
  const choice = byId("curve-choice");
  const names = study.table.map(row => row.name);
  if (choice.querySelectorAll("input").length === names.length) return;
  const boxes = names.map((name, place) => {
    const swatch = make("span", { class: "swatch", "aria-hidden": "true" });
    swatch.style.background = COLOURS[place % COLOURS.length];
    const box = make("input", { type: "checkbox", value: name, checked: place < 7 });
    box.addEventListener("change", showCurves);
    return make("label", {}, box, swatch, labelOf(name));
  });
  choice.append(...boxes);
}

function showCurves() {
  const [figure, isShare] = FIGURES[byId("curve-figure").selectedIndex] ?? FIGURES[0];
  const chosen = new Set([...byId("curve-choice").querySelectorAll("input:checked")].map(box => box.value));
  const names = study.table.map(row => row.name);
  const lines = curves.filter(each => chosen.has(each.alternative)).map(each => {
    const place = names.indexOf(each.alternative);
    return {
      points: each.history.map(row => [row.epoch, row[figure]]).filter(point => Number.isFinite(point[1])),
      colour: COLOURS[place % COLOURS.length],
      dashed: place >= COLOURS.length,
      title: runName(each),
    };
  });
  byId("curves").replaceChildren(chart(lines, isShare, figureName(figure)));
}

// ---- two compared

function offerPairs() {
  byId("compare").hidden = !study.comparisons.length;
  if (!study.comparisons.length || byId("first").options.length) return;
  const names = [...new Set(study.comparisons.flatMap(row => [row.first, row.second]))];
  const options = names.map(name => [name, labelOf(name)]);
  fill(byId("first"), options, study.best_name);
  fill(byId("second"), options, names.find(name => name !== study.best_name));
  showPair();
}

function showPair() {
  const [first, second] = [byId("first").value, byId("second").value];
  const place = byId("comparison");
  let row = study.comparisons.find(each => each.first === first && each.second === second);
  const turned = row ? 1 : -1;
  row ??= study.comparisons.find(each => each.first === second && each.second === first);
  if (!row || row.difference === null) {
    return place.replaceChildren(make("p", { class: "soft" }, say("no_comparison")));
  }
  const points = value => {
    const hundredths = Math.round(10_000 * value);
    if (!isFinite(hundredths)) return value > 0 ? "∞" : "−∞";
    const sign = hundredths > 0 ? "+" : hundredths < 0 ? "−" : "";
    return sign + decimal(Math.abs(hundredths) / 100, 2);
  };
  // Where runs diverged the interval has one end.
  const ends = [turned * (row.low ?? -Infinity), turned * (row.high ?? Infinity)].sort((a, b) => a - b);
  place.replaceChildren(
    make("p", { class: "result" }, make("b", {}, say("points", { count: points(turned * row.difference) })),
      ` ${say("interval", { count: points(ends[0]), total: points(ends[1]) })}`),
    make("p", {}, verdictOf(row)));
}

// As the report decides, which looks at all the comparisons together. Earlier versions wrote who is
// better, "first" or "second".
function verdictOf(row) {
  const better = { supported: row.first, smaller: row.first, refuted: row.second, first: row.first, second: row.second };
  const name = better[row.verdict];
  if (!name) return say(row.verdict === "equal" ? "verdict_equal" : "verdict_open");
  const farthest = Math.max(Math.abs(row.low ?? Infinity), Math.abs(row.high ?? Infinity));
  return say(farthest < (row.margin ?? 0) ? "verdict_smaller" : "verdict_better", { name: labelOf(name) });
}

// ---- mistakes

const FIRST = 24; // mistakes that are shown at first
let mistakes = [];

function offerMistakes() {
  byId("mistakes").hidden = !study.runs.length;
  if (!study.runs.length || byId("mistakes-run").options.length) return;
  const own = study.runs.map((run, place) => [place, runName(run)]);
  const best = study.runs.findIndex(run => run.alternative === study.best_name);
  fill(byId("mistakes-run"), own, Math.max(best, 0));
  const classes = [["", say("all")], ...study.classes.map((name, label) => [label, name])];
  fill(byId("mistakes-true"), classes);
  fill(byId("mistakes-said"), classes);
  loadMistakes();
}

const mistakesPath = () => {
  const run = study.runs[byId("mistakes-run").value];
  return `${base}/mistakes/${encodeURIComponent(run.alternative)}/${run.seed}`;
};

async function loadMistakes() {
  try {
    mistakes = (await ask(mistakesPath())).mistakes;
    showMistakes();
  } catch (error) {
    byId("mistakes-count").textContent = error.message;
  }
}

function showMistakes() {
  const [label, said] = ["mistakes-true", "mistakes-said"].map(id => byId(id).value);
  const chosen = mistakes.filter(each =>
    (label === "" || each.label === Number(label)) && (said === "" || each.predicted === Number(said)));
  byId("mistakes-count").textContent = chosen.length
    ? say("mistakes_shown", { count: chosen.length, total: mistakes.length }) : say("mistakes_none");
  byId("gallery").replaceChildren();
  const more = byId("mistakes-more");
  const show = (start, end) => {
    byId("gallery").append(...chosen.slice(start, end).map(mistake));
    more.hidden = end >= chosen.length;
  };
  more.onclick = () => {
    show(FIRST, chosen.length);
    byId("gallery").children[FIRST].focus();
  };
  show(0, FIRST);
}

function mistake(each) {
  const [is, taken] = [study.classes[each.label], study.classes[each.predicted]];
  const text = say("image", { class: is, count: each.index });
  const chance = each.probability === null ? "" : ` · ${percent(each.probability)}`;
  return make("li", { tabIndex: -1 },
    make("img", { src: `${data.root}${mistakesPath()}/${each.position}/image`, alt: text, loading: "lazy" }),
    make("p", {}, make("b", {}, is), make("br"), `→ ${taken}${chance}`));
}

// ---- what trains

const epochText = (run, epochs) =>
  say("epoch_of", { name: runName(run), epoch: Math.min(run.epoch, epochs), epochs });
const placeText = place => /^\d+$/.test(place) ? say("worker", { count: place }) : place;

function showProgress(progress) {
  byId("live").hidden = !progress;
  if (!progress) return;
  const epochsOf = run => progress.runs.find(each =>
    each.alternative === run.alternative && each.seed === run.seed)?.epochs ?? 1;
  let done = progress.runs.filter(run => ["finished", "failed"].includes(run.state)).length;
  for (const run of progress.running) {
    done += Math.min((run.epoch - 1 + (run.steps ? run.step / run.steps : 0)) / epochsOf(run), 1);
  }
  const lines = progress.running.map(run =>
    [epochText(run, epochsOf(run)), placeText(run.place)].filter(Boolean).join(" · "));
  const left = progress.seconds_left === null ? [] : [say("left", { time: duration(progress.seconds_left) })];
  const single = lines.length === 1;
  byId("live-now").textContent = [...single ? lines : [], ...left].join(" · ");
  const searches = progress.runs.length ? [] : progress.searches;
  byId("live-lines").replaceChildren(
    ...searches.map(search => make("p", {}, searchText(counted(search)))),
    ...(single ? [] : lines).map(line => make("p", {}, line)));
  const trials = progress.searches.reduce((sum, search) => sum + search.trials, 0);
  const ended = progress.searches.reduce((sum, search) => sum + search.ended.length, 0);
  byId("live-bar").value = progress.runs.length ? done / progress.runs.length : ended / (trials || 1);
  byId("live-plan").replaceChildren(...progress.runs.map(run => make("span", { class: run.state }, runName(run))));
}

function counted(search) {
  const count = status => search.ended.filter(trial => trial.status === status).length;
  return {
    search: search.search, trials: search.trials, ended: search.ended.length,
    stopped: count("stopped"), failed: count("failed"), running: search.running.length,
    best: search.ended.find(trial => trial.number === search.best)?.valid_accuracy ?? null,
  };
}

async function load() {
  study = await ask(base);
  curves = (await ask(`${base}/curves`)).curves;
  showSummary();
  showTable();
  offerCurves();
  showCurves();
  offerPairs();
  offerMistakes();
}

async function watch() {
  let last = "";
  for (;;) {
    try {
      const { progress } = await ask(`${base}/progress`);
      showProgress(progress);
      const epochs = progress?.running.map(run => run.history.at(-1)?.epoch);
      const now = JSON.stringify([progress?.runs.map(run => run.state), epochs]);
      if (last && now !== last) await load();
      last = now;
      byId("status").textContent = "";
    } catch (error) {
      byId("status").textContent = error.message;
    }
    await pause(document.hidden ? 10_000 : 2000);
  }
}

byId("filter").addEventListener("input", showTable);
byId("curve-figure").addEventListener("change", showCurves);
for (const id of ["first", "second"]) byId(id).addEventListener("change", showPair);
byId("mistakes-run").addEventListener("change", loadMistakes);
for (const id of ["mistakes-true", "mistakes-said"]) byId(id).addEventListener("change", showMistakes);

try {
  await load();
  await reviewSuspects(base, study);
} catch (error) {
  byId("status").textContent = error.message;
}
watch();
