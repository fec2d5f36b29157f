// What all pages share: their data and words, elements, numbers, and requests.

export const byId = id => document.getElementById(id);

export const data = JSON.parse(byId("data").textContent);

const locale = data.language;
const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 });

/** Return a sentence of the page's language with its values filled in. */
export function say(key, values = {}) {
  return data.words[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Return a number from 0 to 1 as a percentage. */
export function percent(value) {
  return plain.format(100 * value) + (locale === "es" ? "\u00a0%" : "%");
}

/** Return a number with so many decimals. */
export function decimal(value, digits) {
  return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Return an element with properties (`class` and data- as attributes) and children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

/** Return what the server answers, as JSON; an Error with its sentence where it refuses. */
export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(data.root + path, options);
  } catch {
    throw new Error(say("offline"));
  }
  const content = await answer.json().catch(() => null);
  if (answer.ok) return content;
  const error = new Error(content?.error?.message ?? `${say("error")} (${answer.status})`);
  error.status = answer.status;
  error.code = content?.error?.code;
  throw error;
}

/** Wait for so many milliseconds. */
export const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));

/** Offer a text as a file to save. */
export function save(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = make("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Return rows as CSV, as spreadsheets read it. */
export function csv(rows) {
  const cell = value => {
    // A spreadsheet would run a text that begins so; of numbers it is a sign.
    const runs = typeof value === "string" && /^[=+\-@\t\r]/.test(value);
    const text = (runs ? "'" : "") + String(value ?? "");
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return "\ufeff" + rows.map(row => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

// How far a search is: its trials by how they ended, and the best so far.
export function searchText(search) {
  const parts = [say("search", { name: search.search, count: search.ended, total: search.trials })];
  if (search.running) parts.push(say("search_running", { count: search.running }));
  if (search.stopped) parts.push(say("search_stopped", { count: search.stopped }));
  if (search.failed) parts.push(say("search_failed", { count: search.failed }));
  if (search.best !== null) parts.push(say("search_best", { percent: percent(search.best) }));
  return parts.join(" · ");
}
