// Suspected labels, looked at one by one and confirmed or dismissed, with a key too.

import { ask, byId, data, make, percent, say } from "./common.js";

/** Show the suspected labels of a study, if its audit has any. */
export async function reviewSuspects(base, study) {
  const { suspects } = await ask(`${base}/suspects`);
  if (!suspects.length) return;
  byId("suspects").hidden = false;
  let place = Math.max(suspects.findIndex(each => each.verdict === null), 0);

  function show() {
    const each = suspects[place];
    const left = suspects.filter(one => one.verdict === null).length;
    byId("suspects-count").textContent = left
      ? say("suspects_left", { count: left, total: suspects.length }) : say("suspects_done", { total: suspects.length });
    const is = study.classes[each.label];
    const verdict = each.verdict === null ? say("undecided") : say(each.verdict);
    byId("suspect").replaceChildren(
      make("img", { src: `${data.root}${base}/suspects/${each.split}/${each.index}/image`, alt: say("image", { class: is, count: each.index }) }),
      make("div", {},
        make("p", { class: "soft small" }, `${place + 1}/${suspects.length} · ${say(`place_${each.split}`, { count: each.index })}`),
        make("p", {}, say("is"), " ", make("b", {}, is)),
        make("p", {}, say("said"), " ", make("b", {}, study.classes[each.predicted])),
        make("p", { class: "soft small" }, say("probability_of", { class: is, percent: percent(each.probability) })),
        make("p", {}, make("span", { class: "badge" }, verdict))));
    byId("previous").disabled = place === 0;
    byId("next").disabled = place === suspects.length - 1;
    byId("undo").disabled = each.verdict === null;
  }

  function go(step) {
    place = Math.min(Math.max(place + step, 0), suspects.length - 1);
    show();
  }

  let kept = Promise.resolve();

  function decide(verdict) {
    const index = place, each = suspects[place], before = each.verdict;
    // On to the next at once; what was said is kept meanwhile, in the order in which it was said.
    each.verdict = verdict;
    go(verdict === null ? 0 : 1);
    const address = `${base}/suspects/${each.split}/${each.index}`;
    kept = kept.then(() => verdict === null ? ask(address, { method: "DELETE" })
      : ask(`${address}?verdict=${verdict}`, { method: "PUT" })).catch(error => {
      each.verdict = before;
      place = index;
      show();
      byId("suspects-count").textContent = error.message;
    });
  }

  const actions = {
    y: () => decide("confirmed"), n: () => decide("dismissed"), u: () => decide(null),
    arrowleft: () => go(-1), arrowright: () => go(1),
  };
  byId("confirm").addEventListener("click", actions.y);
  byId("dismiss").addEventListener("click", actions.n);
  byId("undo").addEventListener("click", actions.u);
  byId("previous").addEventListener("click", actions.arrowleft);
  byId("next").addEventListener("click", actions.arrowright);
  document.addEventListener("keydown", event => {
    // Where one types, or chooses from a list, a key means what it always does.
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const box = byId("suspects").getBoundingClientRect();
    if (box.top > innerHeight || box.bottom < 0) return; // it can't be seen
    const action = actions[event.key.toLowerCase()];
    if (action) {
      event.preventDefault();
      action();
    }
  });
  show();
}
