// The page to use a model: pictures in, what the models say of them out.

import { ask, byId, csv, data, make, pause, percent, save, say } from "./common.js";

const SHOWN = 5; // classes of each model
const NEAREST = 5; // training images beside an explanation
const AS_CARDS = 24; // more pictures than these are rows of a table
const TOGETHER = Math.min(8, data.most); // pictures of a request
const [drop, status, results, table, actions] =
  ["drop", "status", "results", "table", "actions"].map(byId);
const answered = []; // rows for the CSV
let busy = Promise.resolve();
let looking = Promise.resolve(); // explanations: one at a time, so that predictions go before them
let done = 0, wanted = 0, unread = 0;

function chosenModels() {
  const boxes = document.querySelectorAll("#models input");
  if (!boxes.length) return data.models;
  const names = new Set([...boxes].filter(box => box.checked).map(box => box.value));
  const chosen = data.models.filter(model => names.has(model.name));
  return chosen.length ? chosen : data.models.slice(0, 1);
}

function tell(text, bad = false) {
  status.textContent = text;
  status.classList.toggle("bad", bad);
}

const nameOf = file => file.webkitRelativePath || file.name;

const isPicture = file => !file.name.startsWith(".") &&
  (file.type.startsWith("image/") || /\.(hei[cf]|avif|tiff?|bmp)$/i.test(file.name));

function take(files) {
  const pictures = [...files].filter(isPicture)
    .sort((one, other) => one.webkitRelativePath.localeCompare(other.webkitRelativePath, undefined, { numeric: true }));
  if (!pictures.length) return tell(say("no_pictures"), true);
  const models = chosenModels();
  wanted += pictures.length;
  tell(say("looking", { count: done, total: wanted }));
  // One after the other, so that what was dropped first is answered first.
  busy = busy.then(() => answerAll(pictures, models)).catch(error => tell(error.message, true));
}

async function answerAll(pictures, models) {
  const asCards = pictures.length <= AS_CARDS;
  // What was asked last stands above, in the order in which it was chosen.
  const before = results.firstChild;
  const row = asCards ? null : rows(models);
  for (let start = 0; start < pictures.length; start += TOGETHER) {
    const part = pictures.slice(start, start + TOGETHER);
    const shown = part.map(file => asCards ? card(file, before) : row(file));
    for (const model of models) {
      const answers = await predicted(part, model);
      part.forEach((file, place) => {
        note(file, model, answers[place]);
        if (answers[place].error && model === models[0]) unread++;
        shown[place](model, answers[place]);
      });
    }
    done += part.length;
    tell(say("looking", { count: done, total: wanted }));
  }
  actions.hidden = false;
  if (done === wanted) tell(unread ? say("unread", { count: unread, total: wanted }) : say("done", { count: done }));
}

function post(what, model, form, query = "") {
  const path = `/v1/${what}?model=${encodeURIComponent(model.name)}${query}`;
  return ask(path, { method: "POST", body: form });
}

async function predicted(files, model) {
  const form = new FormData();
  for (const file of files) form.append("pictures", file, nameOf(file));
  for (let tries = 0; ; tries++) {
    try {
      return (await post("predict", model, form)).results;
    } catch (error) {
      if ([429, 503].includes(error.status) && tries < 20) await pause(500);
      else if (files.length > 1) return Promise.all(files.map(async file => (await predicted([file], model))[0]));
      else return [{ error: { message: error.message } }];
    }
  }
}

function note(file, model, answer) {
  const best = answer.classes?.[0];
  answered.push([
    nameOf(file), model.name, best?.class, best?.probability, answer.candidates?.join("; "),
    answer.unlike ?? "", answer.error?.message,
  ]);
}

function card(file, before) {
  const url = URL.createObjectURL(file), name = nameOf(file);
  const picture = make("img", { class: "picture", src: url, alt: say("picture", { name }) });
  // A browser can't show what it can't read, nor a HEIC.
  picture.addEventListener("error", () => picture.classList.add("unshown"));
  const answers = make("div", { class: "answers" });
  const own = make("article", { class: "card", "aria-label": name },
    make("figure", {}, picture, make("figcaption", {}, name)), answers);
  results.insertBefore(own, before);
  const failures = new Set(); // what all models say of a picture that none can read is said once
  return (model, answer) => {
    const failure = answer.error?.message;
    if (!failures.has(failure)) answers.append(said(file, model, answer));
    if (failure) failures.add(failure);
  };
}

function said(file, model, answer) {
  const own = make("div", { class: "answer" });
  if (answer.error) {
    own.append(make("p", { class: "bad" }, answer.error.message));
    return own;
  }
  if (data.models.length > 1) own.append(make("h2", {}, model.title));
  if (answer.unlike) own.append(make("p", { class: "note warn" }, say("unlike_warning")));
  own.append(bars(answer.classes.slice(0, SHOWN)));
  // The set holds for pictures like those that it learned from.
  if (answer.candidates && !answer.unlike) own.append(make("p", { class: "note" }, candidates(answer)));
  own.append(tools(file, model, answer, own));
  return own;
}

function bars(classes) {
  const list = make("ol", { class: "bars" });
  for (const { shown, probability } of classes) {
    const fill = make("span", { class: "fill" });
    fill.style.width = `${100 * probability}%`;
    list.append(make("li", {}, make("span", {}, shown),
      make("span", { class: "track", "aria-hidden": "true" }, fill),
      make("span", { class: "value" }, percent(probability))));
  }
  return list;
}

function candidates(answer) {
  const shown = new Map(answer.classes.map(each => [each.class, each.shown]));
  const names = answer.candidates.map(name => shown.get(name) ?? name);
  return say(names.length === 1 ? "candidates_one" : "candidates", { name: names.join(", ") });
}

function tools(file, model, answer, own) {
  const bar = make("div", { class: "tools" });
  if (model.explains) {
    const button = make("button", { type: "button" }, say("explain"));
    button.addEventListener("click", () => explain(file, model, answer, own, button));
    bar.append(button);
  }
  if (data.collects) bar.append(correcting(file, model, answer));
  return bar;
}

async function explain(file, model, answer, own, button) {
  button.disabled = true;
  button.textContent = say("explaining");
  const asked = nearest => {
    const form = new FormData();
    form.append("pictures", file, file.name);
    const query = `&label=${answer.classes[0].label}&nearest=${nearest}`;
    looking = looking.catch(() => null).then(() => post("explain", model, form, query));
    return looking;
  };
  try {
    const shown = explained(await asked(0));
    own.append(shown);
    button.remove();
    if (!model.nearest) return;
    // Apart, since a model looks through what it learned from when it is first asked.
    const wait = make("p", { class: "note soft", role: "status" }, say("nearest_wait"));
    shown.append(wait);
    try {
      let said = await asked(NEAREST);
      for (; said.nearest_awaited; said = await asked(NEAREST)) await pause(2000);
      const { nearest } = said;
      if (nearest?.length) shown.append(neighbours(nearest));
      wait.remove();
    } catch (error) {
      wait.textContent = error.message;
    }
  } catch (error) {
    button.disabled = false;
    button.textContent = say("explain");
    tell(error.message, true);
  }
}

const figure = (source, text) => make("figure", {},
  make("img", { src: source, alt: text }), make("figcaption", { class: "small soft" }, text));

const explained = answer => make("div", { class: "explained" },
  figure(answer.seen, say("seen")), figure(answer.overlay,
    say(answer.method === "grad-cam" ? "explained_for" : "explained", { class: answer.shown })));

const neighbours = nearest => make("div", {}, make("p", { class: "note" }, say("nearest")),
  make("div", { class: "near" }, ...nearest.map(each => figure(each.image, each.shown))));

function correcting(file, model, answer) {
  const names = data.classes[model.name];
  const choice = make("select", {}, make("option", { value: "" }, "–"),
    ...names.map((name, label) => make("option", { value: label }, name)));
  const told = make("span", { role: "status", class: "small" });
  choice.addEventListener("change", async () => {
    if (choice.value === "") return;
    const form = new FormData();
    form.append("label", choice.value);
    form.append("pictures", file, file.name);
    try {
      await post("corrections", model, form);
      told.textContent = say("corrected", { class: names[Number(choice.value)] });
    } catch (error) {
      told.textContent = error.message;
    }
  });
  return make("label", {}, say("right_class"), choice, told);
}

/** Begin a table with a column per model, and return what adds the row of a picture. */
function rows(models) {
  const heads = [say("file"), ...models.map(model => data.models.length > 1 ? model.title : say("class"))];
  const body = make("tbody");
  table.prepend(make("table", {},
    make("thead", {}, make("tr", {}, ...heads.map(text => make("th", { scope: "col" }, text)))), body));
  table.hidden = false;
  return file => {
    const own = make("tr", {}, make("th", { scope: "row" }, nameOf(file)));
    body.append(own);
    const failures = new Set();
    return (model, answer) => {
      const best = answer.classes?.[0], failure = answer.error?.message;
      if (best) own.append(make("td", {}, make("b", {}, best.shown), ` ${percent(best.probability)}`,
        answer.unlike ? make("div", { class: "small warned" }, say("unlike")) : null));
      else own.append(make("td", { class: "bad" }, failures.has(failure) ? "" : failure));
      failures.add(failure);
    };
  };
}

for (const id of ["files", "camera", "folder"]) {
  byId(id).addEventListener("change", event => {
    take(event.target.files);
    event.target.value = "";
  });
}
document.addEventListener("paste", event => {
  if (event.clipboardData?.files.length) take(event.clipboardData.files);
});
document.addEventListener("dragover", event => {
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", event => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", async event => {
  event.preventDefault();
  drop.classList.remove("over");
  take(await droppedFiles(event.dataTransfer));
});

/** Return the files that were dropped, with those in folders. */
async function droppedFiles(transfer) {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some(entry => entry.isDirectory)) return [...transfer.files];
  const files = [];
  const walk = async entry => {
    if (entry.isFile) files.push(await new Promise((found, failed) => entry.file(found, failed)));
    else {
      const reader = entry.createReader();
      // A reader gives some hundred entries at a time.
      for (;;) {
        const some = await new Promise((found, failed) => reader.readEntries(found, failed));
        if (!some.length) break;
        for (const each of some) await walk(each);
      }
    }
  };
  for (const entry of entries) await walk(entry);
  return files;
}

byId("csv").addEventListener("click", () => {
  const head = ["picture", "model", "class", "probability", "candidates", "unlike", "error"];
  save("cotejo.csv", csv([head, ...answered]), "text/csv;charset=utf-8");
});
byId("clear").addEventListener("click", () => {
  for (const image of results.querySelectorAll("img.picture")) URL.revokeObjectURL(image.src);
  results.replaceChildren();
  table.replaceChildren();
  table.hidden = actions.hidden = true;
  answered.length = done = wanted = unread = 0;
  tell("");
});
