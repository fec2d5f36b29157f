// The page that lists the studies.

import { ask, data, make, pause, percent, say, searchText } from "./common.js";

const place = document.getElementById("studies");
const status = document.getElementById("status");

function card(study) {
  const link = make("a", { class: "study", href: `${data.root}/studies/${encodeURIComponent(study.study)}` },
    make("h2", {}, study.title ?? study.study));
  if (study.error) {
    link.append(make("p", { class: "bad small" }, study.error));
    return link;
  }
  link.append(make("p", { class: "soft" }, `${study.study} · ${say("data", { name: study.data })}`),
    make("p", { class: "soft small" }, say("runs", { count: study.finished, total: study.asked })));
  if (study.best) {
    const accuracy = percent(study.best.test_accuracy);
    link.append(make("p", {}, make("b", {}, accuracy), ` ${study.best.label}`));
  }
  for (const search of study.searches) link.append(make("p", { class: "soft small" }, searchText(search)));
  if (study.training) link.append(make("p", {}, make("span", { class: "badge" }, say("training"))));
  return link;
}

let shown = "";
for (;;) {
  try {
    const { studies } = await ask("/v1/studies");
    const now = JSON.stringify(studies);
    // Drawn anew only when something changed, so that a reader's place is kept.
    if (now !== shown) place.replaceChildren(...studies.map(card));
    shown = now;
    status.textContent = studies.length ? "" : say("no_studies");
  } catch (error) {
    status.textContent = error.message;
  }
  await pause(5000);
}
