// The questionnaire: drawn, counted, coded. No dependencies and no network; used as a Jupyter widget (render) and inside
// one HTML file (mount). What it shows comes from helpers/survey/form.py; what it counts and encodes follows people.py,
// own.py and code.py, and tests/vectors keep both sides equal.

// ------------------------------------------------------------------------------------------------ The score of a form

const LOWEST = 20, BORDERS = [40, 60, 80], NEEDS = { one_team: 3.5, in_step: 2.5 };
const dusted = (x) => Math.round(x * 1e9) / 1e9;
const isRated = (x) => Number.isInteger(x) && x >= 1 && x <= 5;
const place = (total) => BORDERS.filter((border) => dusted(total) >= border).length;

/** One person's result: {answered, applying, dimensions, total, band, ungated, held_by}; total is null where too little is rated. */
export function score(form, questionnaire) {
  const bands = questionnaire.bands.map((band) => band.key);
  const dimensions = {};
  let answered = 0, applying = 0;
  for (const { id } of questionnaire.dimensions) {
    const asked = questionnaire.criteria
      .filter((one) => one.dimension === id && !(one.not_applicable && form.answers[one.id] === "na"));
    const given = asked.map((one) => form.answers[one.id]).filter(isRated);
    answered += given.length;
    applying += asked.length;
    if (4 * given.length >= 3 * asked.length) dimensions[id] = given.reduce((a, b) => a + b, 0) / given.length;
  }
  const means = Object.values(dimensions);
  const enough = means.length === questionnaire.dimensions.length && 5 * answered >= 4 * applying;
  const total = enough ? (20 * means.reduce((a, b) => a + b, 0)) / means.length : null;
  let band = enough ? bands[place(total)] : null, held = [];
  const ungated = band;
  for (const [gate, lower] of [["one_team", "in_step"], ["in_step", "agreed"]]) {
    if (band !== gate) continue;
    const low = Object.keys(dimensions).filter((id) => dusted(dimensions[id]) < NEEDS[gate]);
    if (low.length) [band, held] = [lower, low];
  }
  return { answered, applying, dimensions, total, band, ungated, held_by: held };
}

// ------------------------------------------------------------------------------------------------------ The short code

const ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ", BASE = 31n, PERSON = 6, BODY = 23, CHECK = 3, PRIME = 29789n;
const LENGTH = PERSON + BODY + CHECK, MOST_STAGES = 14, LONGEST_SECONDS = 498;
const TWINS = { А: "A", В: "B", С: "C", Е: "E", Н: "H", К: "K", М: "M", Р: "P", Т: "T", У: "Y", Х: "X", З: "3" };
const DEPARTMENTS = ["marketing", "sales", "support", "call_centre", "management"], ROLES = ["leader", "staff"];
const LANGS = [null, "en", "ru", "uk"], ANSWERS = [null, 1, 2, 3, 4, 5, "dk", "na"];
const CRITERIA = [..."ABCDE"].flatMap((dimension) => [1, 2, 3, 4].map((n) => dimension + n));
const USUAL = "impressions clicks leads contacted qualified meeting proposal won repeat referral".split(" ");
const FIELDS = [
  ["major", 8], ["minor", 16], ["promise", 33], ["department", 5], ["role", 2], ["lang", 4],
  ...CRITERIA.map((id) => [id, 8]),
  ["revision", 16], ["seconds", 500], ["stages", 37], ["sees", 2 ** MOST_STAGES + 1], ["loses_at", MOST_STAGES + 2],
];
const stageKeys = (questionnaire) => questionnaire?.stages?.map((stage) => stage.key) ?? USUAL;
const check = (number) => (number + 1n) % PRIME;
const between = (low, x, high) => Math.min(Math.max(x, low), high);

function fnv(text) {
  let found = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) found = Math.imul(found ^ byte, 0x01000193) >>> 0;
  return found;
}
function letters(number, length) {
  let text = "";
  for (let n = 0; n < length; n++, number /= BASE) text = ALPHABET[Number(number % BASE)] + text;
  return text;
}
const number = (text) => [...text].reduce((sum, letter) => sum * BASE + BigInt(ALPHABET.indexOf(letter)), 0n);
function personKey(respondent) {
  const own = respondent.toUpperCase();
  const fits = own.length === PERSON && [...own].every((letter) => ALPHABET.includes(letter));
  return fits ? own : letters(BigInt(fnv(respondent)) % BASE ** BigInt(PERSON), PERSON);
}
function placeOf(name, value, known) {
  const found = known.indexOf(value ?? null);
  if (found < 0) throw new Error(`a code cannot hold this value: ${name}`);
  return found;
}

/** The code of a form (keys of an answers file), in groups of four; comments are never read. */
export function encode(form, questionnaire) {
  const stages = stageKeys(questionnaire), fits = stages.length <= MOST_STAGES;
  const version = /^(\d+)\.(\d+)$/.exec(form.criteria_version);
  if (!version) throw new Error("a code needs the version of the criteria");
  const sees = form.sees ?? null;
  const values = {
    major: Number(version[1]),
    minor: Number(version[2]),
    promise: form.mode === "anonymous" ? between(2, form.threshold || 2, 32) : form.mode === "open" ? 1 : 0,
    department: placeOf("department", form.department, DEPARTMENTS),
    role: placeOf("role", form.role, ROLES),
    lang: placeOf("lang", form.lang, LANGS),
    ...Object.fromEntries(CRITERIA.map((id) => [id, placeOf(id, form.answers?.[id], ANSWERS)])),
    revision: between(1, form.revision || 1, 16) - 1,
    seconds: form.seconds == null ? 499 : Math.min(Math.floor(form.seconds), LONGEST_SECONDS),
    stages: fnv(stages.join(",")) % 37,
    sees: sees === null || !fits ? 0 : 1 + stages.reduce((sum, key, n) => sum + (sees.includes(key) ? 2 ** n : 0), 0),
    loses_at: fits ? stages.indexOf(form.loses_at ?? null) + 1 : 0,
  };
  let body = 0n;
  for (const [name, size] of FIELDS) {
    if (!(values[name] >= 0 && values[name] < size)) throw new Error(`a code cannot hold this value: ${name}`);
    body = body * BigInt(size) + BigInt(values[name]);
  }
  const whole = number(personKey(form.respondent)) * BASE ** BigInt(BODY) + body;
  return (letters(whole, PERSON + BODY) + letters(check(whole), CHECK)).match(/.{4}/g).join("-");
}

/** The form of a code; throws an Error that says what is wrong with it. */
export function decode(code, questionnaire) {
  const text = [...code.replace(/[\p{Pd}\p{Pc}\p{Z}\p{Cc}\p{Cf}\u2212]/gu, "").toUpperCase()]
    .map((letter) => TWINS[letter] ?? letter).join("");
  if ([...text].some((letter) => !ALPHABET.includes(letter))) throw new Error("letters that do not occur in a code");
  if (text.length !== LENGTH) throw new Error(`the code holds ${text.length} letters, not ${LENGTH}`);
  const whole = number(text.slice(0, -CHECK));
  if (check(whole) !== number(text.slice(-CHECK))) throw new Error("the code is mistyped");
  let rest = whole % BASE ** BigInt(BODY);
  const values = {};
  for (const [name, size] of [...FIELDS].reverse()) {
    values[name] = Number(rest % BigInt(size));
    rest /= BigInt(size);
  }
  if (rest) throw new Error("not a code of this questionnaire");
  const form = {
    criteria_version: `${values.major}.${values.minor}`,
    lang: LANGS[values.lang],
    mode: [null, "open"][values.promise] ?? (values.promise > 1 ? "anonymous" : null),
    threshold: values.promise > 1 ? values.promise : null,
    respondent: text.slice(0, PERSON),
    department: DEPARTMENTS[values.department],
    role: ROLES[values.role],
    answers: Object.fromEntries(CRITERIA.filter((id) => values[id]).map((id) => [id, ANSWERS[values[id]]])),
  };
  const stages = stageKeys(questionnaire);
  if (values.stages === fnv(stages.join(",")) % 37 && stages.length <= MOST_STAGES) {
    form.sees = values.sees ? stages.filter((_, n) => ((values.sees - 1) >> n) & 1) : null;
    form.loses_at = stages[values.loses_at - 1] ?? null;
  }
  return { ...form, seconds: values.seconds < 499 ? values.seconds : null, revision: values.revision + 1 };
}

// --------------------------------------------------------------------------------------------- What a person has filled

const NAMES = { en: "English", ru: "Русский", uk: "Українська" };
const LONGEST_COMMENT = 1000, IDLE = 60;
const plainCopy = (value) => JSON.parse(JSON.stringify(value));

function newId() {
  // 248 = 8 × 31: what is left above it would make some letters likelier.
  let id = "";
  while (id.length < PERSON) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < 248) id += ALPHABET[byte % 31];
  }
  return id;
}

const fresh = (options) => ({
  version: options.questionnaire.version, respondent: options.respondent || newId(), lang: options.lang || "en",
  department: null, role: null, answers: {}, comments: {}, sees: null, loses_at: null, pages: {}, page: "you", sent: null,
});

/** The draft without anything this form does not know; null where there is no draft of this form. */
function revived(draft, options) {
  const { questionnaire } = options;
  if (!draft || typeof draft !== "object" || draft.version !== questionnaire.version) return null;
  const state = fresh(options), stages = stageKeys(questionnaire);
  const object = (x) => (x && typeof x === "object" && !Array.isArray(x) ? x : {});
  if (typeof draft.respondent === "string" && draft.respondent && !options.respondent) state.respondent = draft.respondent;
  if (NAMES[draft.lang]) state.lang = draft.lang;
  if (DEPARTMENTS.includes(draft.department)) state.department = draft.department;
  if (ROLES.includes(draft.role)) state.role = draft.role;
  for (const { id, not_applicable } of questionnaire.criteria) {
    const answer = object(draft.answers)[id], comment = object(draft.comments)[id];
    if (isRated(answer) || answer === "dk" || (answer === "na" && not_applicable)) state.answers[id] = answer;
    if (typeof comment === "string" && comment) state.comments[id] = comment.slice(0, LONGEST_COMMENT);
  }
  if (Array.isArray(draft.sees)) state.sees = stages.filter((key) => draft.sees.includes(key));
  if (draft.loses_at === "dk" || stages.includes(draft.loses_at)) state.loses_at = draft.loses_at;
  for (const [page, time] of Object.entries(object(draft.pages))) if (time >= 0) state.pages[page] = Number(time);
  const file = object(object(draft.sent).file);
  if (typeof draft.sent?.code === "string" && typeof file.respondent === "string" && file.comments && file.revision >= 1) state.sent = draft.sent;
  state.page = pagesOf(questionnaire).includes(draft.page) || (draft.page === "result" && state.sent) ? draft.page : "you";
  return state;
}

const pagesOf = (questionnaire) => ["you", ...questionnaire.dimensions.map((dimension) => dimension.id), "last"];

/** The answers file of a state: the first one, the next revision if anything differs from what was sent, or that one. */
function answersFile(state, { questionnaire, mode, threshold }) {
  const comments = Object.entries(state.comments).map(([id, text]) => [id, text.trim()]).filter(([, text]) => text);
  const content = {
    criteria_version: questionnaire.version, lang: state.lang, mode: mode || "open",
    ...(threshold ? { threshold } : {}),
    respondent: state.respondent, department: state.department, role: state.role,
    answers: Object.fromEntries(questionnaire.criteria.filter(({ id }) => id in state.answers).map(({ id }) => [id, state.answers[id]])),
    comments: Object.fromEntries(comments),
    sees: state.sees, loses_at: state.loses_at === "dk" ? null : state.loses_at,
  };
  const before = state.sent?.file;
  if (before && Object.keys(content).every((key) => JSON.stringify(content[key]) === JSON.stringify(before[key]))) return before;
  const pages = Object.fromEntries(pagesOf(questionnaire).filter((page) => state.pages[page]).map((page) => [page, Math.round(state.pages[page])]));
  const seconds = questionnaire.dimensions.reduce((sum, { id }) => sum + (state.pages[id] ?? 0), 0);
  const now = new Date(), two = (n) => String(n).padStart(2, "0");
  return {
    ...content, seconds: Math.round(seconds), pages,
    submitted: `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`,
    revision: (before?.revision ?? 0) + 1,
  };
}

/**
 * The draft on this device, and once more in this tab: a busy Chromium may come back from a reload with an empty
 * localStorage. A browser that forbids to keep the draft is told by `works`.
 */
function keeper(key) {
  const device = () => localStorage, tab = () => sessionStorage;
  const quietly = (act) => { try { return act(); } catch { return null; } };
  const guarded = (act) => { try { return act(); } catch { keep.works = false; return null; } };
  const draft = (store) => quietly(() => JSON.parse(store().getItem(key) || "null"));
  const keep = {
    works: true,
    /** Drafts, the one to take first. */
    read: () => (key ? [draft(device), draft(tab)] : []),
    write: (state) => {
      if (!key) return;
      const text = JSON.stringify(state);
      guarded(() => device().setItem(key, text));
      quietly(() => tab().setItem(key, text));
    },
    erase: () => {
      if (!key) return;
      guarded(() => device().removeItem(key));
      quietly(() => tab().removeItem(key));
    },
  };
  if (key) guarded(() => { device().setItem(`${key}?`, "1"); device().removeItem(`${key}?`); });
  return keep;
}

// ---------------------------------------------------------------------------------------------------------- The drawing

let forms = 0;
/** A dash never begins a line. */
const tied = (text) => text.replaceAll(" - ", "\u00a0- ");

/** An element with attributes (on… are listeners, true is an empty attribute, null none) and children (null none). */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== "" && child !== false));
  return element;
}

/**
 * Draws the questionnaire into `el`.
 * options: questionnaire, lang, mode, threshold, respondent (null: a random id), draft (a saved state), storageKey
 * (null: nothing is kept by the form), sending (false: the page it stands in saves the answers), theme ("light",
 * "dark", none: the device's), onChange(state), onSubmit(answersFile, code), onLanguage(lang, title).
 * Returns { destroy(), state() }.
 */
export function mount(el, options) {
  const { questionnaire } = options, all = questionnaire.criteria, pages = pagesOf(questionnaire);
  const uid = `questionnaire-${++forms}`, keep = keeper(options.storageKey), sending = options.sending !== false;
  const kept = [options.draft, ...keep.read()].map((draft) => revived(draft, options));
  let state = kept.find((draft) => draft) ?? fresh(options);
  let shownAt = performance.now(), root, live, asking = false, complaint = "";
  const begun = () => Boolean(state.department || state.role || Object.keys(state.answers).length);
  let note = begun() && state.page !== "result" ? "resumed" : "";

  const t = (key, values = {}) =>
    Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), tied(questionnaire.texts[state.lang][key] ?? key));
  const say = (text) => tied(text[state.lang]);
  const figure = (x, digits) => new Intl.NumberFormat(state.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(x);
  const open = () => all.filter(({ id }) => !(id in state.answers));

  function passed() {
    // An idle page is not a slow reader: a pause counts for a minute at most.
    const now = performance.now();
    state.pages[state.page] = (state.pages[state.page] ?? 0) + Math.min((now - shownAt) / 1000, IDLE);
    shownAt = now;
  }
  function changed() {
    if (state.page !== "result") passed();
    keep.write(state);
    options.onChange?.(plainCopy(state));
  }

  // Questions -------------------------------------------------------------------------------------------------------

  function choice(type, name, value, text, checked, { spoken = null, kind = "" } = {}) {
    return h("label", { class: `q-choice ${kind}` },
      h("input", { type, name: `${uid}-${name}`, value, "data-question": name, "aria-label": spoken, checked }),
      h("span", {}, text));
  }
  function picks(name, values, labels, type = "radio", hint = null) {
    return h("fieldset", { class: "q-picks", id: `${uid}-${name}`, "aria-describedby": hint && `${uid}-${name}-hint` },
      h("legend", {}, t(name)), hint && h("p", { class: "q-hint", id: `${uid}-${name}-hint` }, hint),
      h("div", { class: "q-list" }, values.map((value, n) => {
        const chosen = type === "checkbox" ? (state.sees ?? []).includes(value) || (value === "" && state.sees?.length === 0) : state[name] === value;
        return choice(type, name, value, labels[n], chosen);
      })));
  }
  function question(criterion) {
    const { id } = criterion, given = state.answers[id], comment = state.comments[id] ?? "";
    const hint = criterion.hint ? `${uid}-${id}-hint` : null;
    return h("fieldset", { class: "q-question", id: `${uid}-${id}`, "aria-describedby": hint },
      h("legend", {}, h("span", { class: "q-number", "aria-hidden": "true" }, String(all.indexOf(criterion) + 1)),
        h("span", {}, say(criterion.statement))),
      hint && h("p", { class: "q-hint", id: hint }, say(criterion.hint)),
      h("div", { class: "q-answers" },
        h("div", { class: "q-scale" },
          h("div", { class: "q-points" }, [1, 2, 3, 4, 5].map((n) => choice("radio", id, n, String(n), given === n, { spoken: `${n} - ${t(`point_${n}`)}`, kind: "q-point" }))),
          h("div", { class: "q-ends", "aria-hidden": "true" }, h("span", {}, t("point_1")), h("span", {}, t("point_5")))),
        h("div", { class: "q-apart" },
          choice("radio", id, "dk", t("dk"), given === "dk"),
          criterion.not_applicable && choice("radio", id, "na", t("na"), given === "na"))),
      h("div", { class: "q-more" },
        h("details", { class: "q-examples" }, h("summary", {}, t("examples")),
          h("dl", {}, [1, 3, 5].map((n) => h("div", {}, h("dt", {}, String(n)), h("dd", {}, say(criterion.anchors[n])))))),
        h("details", { class: "q-comment", open: Boolean(comment) }, h("summary", {}, t("comment")),
          h("textarea", { rows: 3, maxlength: LONGEST_COMMENT, "data-comment": id, "aria-label": t("comment"), "aria-describedby": `${uid}-${id}-note` }, comment),
          h("p", { class: "q-hint", id: `${uid}-${id}-note` }, t("comment_note")))));
  }

  const button = (text, onclick, attributes = {}) => h("button", { type: "button", class: "q-button", onclick, ...attributes }, text);
  const steps = (...children) => h("div", { class: "q-steps" }, children);
  const heading = (text) => h("h2", { tabindex: -1, class: "q-heading" }, text);
  const back = () => button(t("back"), () => go(pages[pages.indexOf(state.page) - 1]), { "data-act": "back" });

  function drawYou() {
    const promise = t(options.mode === "anonymous" ? "anonymous" : "open", { threshold: options.threshold ?? 5 });
    return [
      h("div", { class: "q-intro" }, h("p", { class: "q-lead" }, t("lead")), h("p", {}, t("honest")), h("p", { class: "q-promise" }, promise)),
      heading(t("you")),
      picks("department", DEPARTMENTS, DEPARTMENTS.map((key) => t(key))),
      picks("role", ROLES, ROLES.map((key) => t(key))),
      steps(button(t(begun() && open().length < all.length ? "next" : "begin"), () => go(pages[1]), { class: "q-button q-main", "data-act": "next" })),
    ];
  }
  function drawArea(dimension) {
    const next = pages[pages.indexOf(dimension.id) + 1];
    return [
      heading(say(dimension.title)),
      h("p", { class: "q-ask" }, t("agree")),
      all.filter((criterion) => criterion.dimension === dimension.id).map(question),
      h("p", { class: "q-keys" }, t("keys")),
      steps(back(), button(t("next"), () => go(next), { class: "q-button q-main", "data-act": "next" })),
    ];
  }
  function drawLast() {
    const keys = stageKeys(questionnaire), names = questionnaire.stages.map((stage) => say(stage.name));
    return [
      heading(t("last")),
      picks("sees", [...keys, ""], [...names, t("sees_none")], "checkbox", t("sees_note")),
      picks("loses_at", [...keys, "dk"], [...names, t("dk")]),
      open().length ? h("div", { class: "q-open" }, h("p", {}, t("still_open")),
        h("ul", {}, open().map((criterion) => h("li", {}, h("button", { type: "button", class: "q-link", onclick: () => jump(criterion.id) },
          `${all.indexOf(criterion) + 1}. ${say(criterion.title)}`)))),
        h("p", { class: "q-hint" }, t("may_stay_open"))) : null,
      steps(back(), button(t("show_result"), submit, { class: "q-button q-main", "data-act": "submit" })),
    ];
  }

  // Result ----------------------------------------------------------------------------------------------------------

  function points(total) {
    // As many digits as the total needs to stay on its side of a border: 59.6 is not written as 60.
    const digits = [0, 1, 2].find((n) => place(Number(dusted(total).toFixed(n))) === place(total)) ?? 3;
    return figure(total, digits);
  }
  function drawScale(result) {
    const at = ((result.total - LOWEST) / 80) * 100, mark = h("span", { class: "q-mark" });
    mark.style.left = `${at}%`;
    const label = `${points(result.total)} ${t("of_100")}`;
    return h("div", { class: "q-track", role: "img", "aria-label": label },
      h("div", { class: "q-line" }, mark), h("div", { class: "q-borders" }, [20, 40, 60, 80, 100].map((x) => h("span", {}, String(x)))),
      h("div", { class: "q-bands" }, questionnaire.bands.map((band) => h("span", { class: band.key === result.ungated ? "q-here" : null }, say(band.label)))));
  }
  function drawTotal(result, band) {
    const rated = all.filter(({ id }) => isRated(state.answers[id]));
    const name = (id) => say(questionnaire.dimensions.find((one) => one.id === id).title);
    const middle = rated.filter(({ id }) => state.answers[id] === 3).length >= 0.9 * rated.length;
    return [
      h("p", { class: "q-total" }, h("strong", {}, points(result.total)), " ", h("span", {}, t("of_100"))),
      h("p", { class: "q-band" }, say(band.name)),
      drawScale(result),
      middle && h("p", { class: "q-caution" }, t("middle")),
      result.held_by.length ? h("p", { class: "q-caution" }, t("held", {
        band: say(questionnaire.bands.find((one) => one.key === result.ungated).label), weak: result.held_by.map(name).join("; ") })) : null,
      h("p", { class: "q-one" }, t("one_view")),
    ];
  }
  function drawReading(band) {
    const part = (key) => [h("h4", {}, t(key)), h("p", {}, say(band[key]))];
    return [h("h3", {}, t("how_to_read")), h("p", {}, say(band.meaning)), part("next_step"), part("move_on"), part("stay"),
      h("p", { class: "q-hint" }, say(questionnaire.note))];
  }
  function drawAreas(result) {
    return [h("h3", {}, t("by_area")), h("ul", { class: "q-areas" }, questionnaire.dimensions.map(({ id, title }) => {
      const mean = result.dimensions[id], bar = h("span", { class: "q-bar" });
      bar.style.width = mean === undefined ? "0" : `${((mean - 1) / 4) * 100}%`;
      return h("li", { class: mean === undefined ? "q-unknown" : null }, h("span", {}, say(title)),
        h("strong", {}, mean === undefined ? t("too_few") : figure(mean, 1)), h("span", { class: "q-rail", "aria-hidden": "true" }, bar));
    }))];
  }
  function drawTitles(key, found) {
    return found.length ? [h("h3", {}, t(key)), h("ul", {}, found.map((criterion) => h("li", {}, say(criterion.title),
      isRated(state.answers[criterion.id]) ? h("span", { class: "q-hint" }, ` ${t("progress", { n: String(state.answers[criterion.id]), all: "5" })}`) : null)))] : null;
  }
  function drawSending() {
    const { file, code } = state.sent;
    const groups = code.split("-").flatMap((group, n) => [n ? "-" : null, n ? h("wbr") : null, group]);
    return [
      h("h3", {}, t("send")), file.revision > 1 ? h("p", { class: "q-caution" }, t("revision", { n: String(file.revision) })) : null,
      h("p", {}, t("send_how")),
      h("div", { class: "q-ways" },
        h("div", {}, button(t("save_file"), saveFile, { class: "q-button q-main", "data-act": "save" })),
        h("div", {},
          h("p", { class: "q-label", id: `${uid}-code` }, t("code")),
          h("p", { class: "q-code", translate: "no", "aria-labelledby": `${uid}-code`, role: "group" }, groups),
          Object.keys(file.comments).length ? h("p", { class: "q-hint" }, t("no_comments")) : null,
          h("div", { class: "q-row" }, button(t("copy"), copyCode, { "data-act": "copy" }),
            navigator.share ? button(t("share"), () => navigator.share({ text: code }).catch(() => {})) : null)))];
  }
  function drawResult() {
    const result = score(state, questionnaire);
    const low = all.filter(({ id }) => state.answers[id] <= 2).sort((a, b) => state.answers[a.id] - state.answers[b.id]).slice(0, 3);
    const band = questionnaire.bands.find((one) => one.key === result.band);
    const card = (name, ...children) => h("section", { class: `q-card ${name}` }, children);
    // Sending comes before the reading: who has seen the number may close the page.
    return [
      heading(t("result")),
      band ? card("q-sum", drawTotal(result, band)) : [h("p", { class: "q-caution" }, t("too_little")), h("p", { class: "q-one" }, t("one_view"))],
      sending ? card("q-send", drawSending()) : h("p", { class: "q-caution" }, t("kept")),
      card("q-facts", drawAreas(result), drawTitles("lowest", low), drawTitles("unseen", all.filter(({ id }) => state.answers[id] === "dk"))),
      band && card("q-reading", drawReading(band)),
      steps(button(t("change"), () => go("you"), { "data-act": "change" })),
    ];
  }

  // Moving about ----------------------------------------------------------------------------------------------------

  function draw(focus = null) {
    const dimension = questionnaire.dimensions.find((one) => one.id === state.page);
    const body = state.page === "you" ? drawYou() : state.page === "last" ? drawLast() : state.page === "result" ? drawResult() : drawArea(dimension);
    live = h("p", { class: "q-status", role: "status" });
    const alert = complaint && h("p", { class: "q-alert", role: "alert" }, t(complaint));
    const notes = [note && h("p", { class: "q-note" }, t(note)), !keep.works && h("p", { class: "q-caution" }, t("no_draft"))];
    root.replaceChildren(...[
      h("header", { class: "q-head" },
        h("div", { class: "q-langs", role: "group", "aria-label": t("language") }, Object.entries(NAMES).map(([code, name]) =>
          h("button", { type: "button", lang: code, "data-lang": code, "aria-pressed": String(code === state.lang), onclick: () => speak(code) }, name))),
        questionnaire.client ? h("p", { class: "q-client" }, questionnaire.client) : null,
        h("h1", {}, t("title"))),
      state.page === "result" || (state.page === "you" && !begun()) ? null : h("div", { class: "q-progress" }, h("div", { class: "q-counted" })),
      h("div", { class: "q-page", "data-page": state.page }, ...notes, body.flat(9).filter(Boolean), alert, live),
      h("footer", { class: "q-foot" }, sending ? h("p", {}, t("private")) : null, drawErase()),
    ].filter(Boolean));
    // Arrays inside page bodies were flattened; `checked` must be the property, not only the attribute.
    root.lang = state.lang;
    count();
    if (focus) (typeof focus === "string" ? root.querySelector(focus) : focus)?.focus();
    options.onLanguage?.(state.lang, [t("title"), questionnaire.client].filter(Boolean).join(" - "));
  }
  function drawErase() {
    if ((sending && !options.storageKey) || !begun()) return null;
    const [ask, sure, yes] = sending ? ["erase", "erase_sure", "erase_yes"] : ["anew", "anew_sure", "anew_yes"];
    if (!asking) return button(t(ask), () => { asking = true; draw("[data-act=erase-no]"); }, { class: "q-link", "data-act": "erase" });
    return h("div", { class: "q-sure", role: "group", "aria-label": t(ask) }, h("p", {}, t(sure)), h("div", { class: "q-row" },
      button(t(yes), erase, { "data-act": "erase-yes" }),
      button(t("erase_no"), () => { asking = false; draw("[data-act=erase]"); }, { "data-act": "erase-no" })));
  }
  function count() {
    const place = root.querySelector(".q-counted");
    if (!place) return;
    const left = open(), done = all.length - left.length, text = t("progress", { n: String(done), all: String(all.length) });
    const here = document.activeElement === place.querySelector("button");
    const ticks = questionnaire.dimensions.map(({ id }) => h("span", { class: id === state.page ? "q-here" : null },
      all.filter((one) => one.dimension === id).map((one) => h("i", { class: one.id in state.answers ? "q-done" : null }))));
    place.replaceChildren(
      h("span", { class: "q-count" }, text),
      h("span", { class: "q-ticks", role: "progressbar", "aria-label": t("progress_label"), "aria-valuemin": 0, "aria-valuemax": all.length, "aria-valuenow": done, "aria-valuetext": text }, ticks),
      left.length ? button(t("unanswered", { n: String(left.length) }), () => jump(nextOpen()), { class: "q-jump", "data-act": "jump" })
        : h("span", { class: "q-all" }, t("complete")));
    if (here) place.querySelector("button")?.focus();
  }
  function go(page, focus = ".q-heading") {
    passed();
    note = complaint = "";
    asking = false;
    state.page = page;
    changed();
    draw(focus);
    // A heading in focus is not enough: what stands above it belongs to the page too.
    if (focus === ".q-heading") (page === "you" ? root : root.querySelector(".q-page")).scrollIntoView?.({ block: "start" });
  }
  /** The next criterion without an answer after the one in focus, else after the page's first, from the start again. */
  function nextOpen(from = document.activeElement?.dataset?.question) {
    const start = from ? all.findIndex(({ id }) => id === from) + 1 : all.findIndex((one) => one.dimension === state.page);
    const left = open();
    return (left.find((one) => all.indexOf(one) >= Math.max(start, 0)) ?? left[0])?.id;
  }
  function jump(id) {
    if (!id) return go("last");
    const { dimension } = all.find((one) => one.id === id);
    if (state.page !== dimension) go(dimension, null);
    const place = root.querySelector(`#${uid}-${id}`);
    (place.querySelector("input:checked") ?? place.querySelector("input")).focus({ preventScroll: true });
    place.scrollIntoView?.({ block: "center" });
  }
  function speak(code) {
    state.lang = code;
    changed();
    draw(`[data-lang=${code}]`);
  }
  function submit() {
    note = complaint = "";
    if (!state.department || !state.role) {
      go("you", null);
      complaint = "need_you";
      return draw(`#${uid}-${state.department ? "role" : "department"} input`);
    }
    if (!Object.keys(state.answers).length) {
      complaint = "need_answer";
      return draw("[data-act=submit]");
    }
    passed();
    const file = answersFile(state, options), code = encode(file, questionnaire), first = file !== state.sent?.file;
    state.sent = { file, code };
    go("result");
    if (first) options.onSubmit?.(plainCopy(file), code);
  }
  function erase() {
    keep.erase();
    state = { ...fresh(options), lang: state.lang };
    shownAt = performance.now();
    asking = false;
    note = sending ? "erased" : "";
    complaint = "";
    options.onChange?.(plainCopy(state));
    draw(".q-heading");
    root.scrollIntoView?.({ block: "start" });
  }
  function saveFile() {
    const { file } = state.sent, name = `answers-${file.respondent.replace(/[^\p{L}\p{N}-]+/gu, "-")}.json`;
    const link = h("a", { download: name, href: URL.createObjectURL(new Blob([`${JSON.stringify(file, null, 1)}\n`], { type: "application/json" })) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    live.textContent = t("file_saved", { name });
  }
  async function copyCode() {
    try {
      await navigator.clipboard.writeText(state.sent.code);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(root.querySelector(".q-code"));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand("copy");
    }
    live.textContent = t("copied");
  }

  // What a person does ----------------------------------------------------------------------------------------------

  function onChange({ target }) {
    const name = target.dataset.question, { value, checked } = target;
    if (!name) return;
    if (name === "sees") {
      const boxes = [...root.querySelectorAll(`[name="${target.name}"]`)];
      // "None of them" and the stages exclude each other.
      for (const box of boxes) if (checked && (box.value === "") !== (value === "")) box.checked = false;
      const marked = boxes.filter((box) => box.checked).map((box) => box.value);
      state.sees = marked.length ? marked.filter(Boolean) : null;
    } else if (name === "department" || name === "role" || name === "loses_at") state[name] = value;
    else state.answers[name] = Number(value) || value;
    changed();
    count();
  }
  function onInput({ target }) {
    const id = target.dataset.comment;
    if (!id) return;
    if (target.value) state.comments[id] = target.value;
    else delete state.comments[id];
    changed();
  }
  function onKey(event) {
    const id = event.target.dataset?.question;
    if (!id || event.target.type !== "radio" || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const isCriterion = all.some((one) => one.id === id), place = event.target.closest("fieldset");
    const digit = /^(?:Digit|Numpad)([0-5])$/.exec(event.code)?.[1] ?? (/^[0-5]$/.test(event.key) ? event.key : null);
    if (event.key === "Enter") {
      if (isCriterion) jump(nextOpen(id));
      else if (!root.querySelector(`#${uid}-${id} ~ fieldset input`)) root.querySelector(".q-main")?.click();
      else root.querySelector(`#${uid}-${id} ~ fieldset input`).focus();
    } else if (isCriterion && digit !== null && !event.shiftKey) {
      const radio = place.querySelector(`input[value="${digit === "0" ? "dk" : digit}"]`);
      radio.focus();
      radio.click();
    } else if (isCriterion && event.code === "KeyE") {
      const examples = place.querySelector(".q-examples");
      examples.open = !examples.open;
    } else return;
    event.preventDefault();
  }

  root = h("div", { class: "questionnaire", "data-theme": options.theme ?? null, "data-lm-suppress-shortcuts": "true", onchange: onChange, oninput: onInput, onkeydown: onKey });
  el.replaceChildren(root);
  draw();
  const onVisible = () => {
    // Time in another window is not time on the page.
    if (document.visibilityState === "hidden") { if (state.page !== "result") passed(); if (begun()) keep.write(state); }
    else shownAt = performance.now();
  };
  document.addEventListener("visibilitychange", onVisible);
  return {
    state: () => plainCopy(state),
    destroy: () => { document.removeEventListener("visibilitychange", onVisible); root.remove(); },
  };
}

// --------------------------------------------------------------------------------------------------- The Jupyter widget

const PATIENCE = 10000;

/**
 * anywidget: traits _questionnaire, lang, mode, threshold, respondent; draft (a state) and submitted (an answers file) go
 * to the kernel with each tick; saved (the last tick on disk) and problem (what went wrong) come back.
 */
function render({ model, el }) {
  const theme = () => ({ true: "light", false: "dark" })[document.body.dataset.jpThemeLight] ?? null;
  const draft = model.get("draft");
  let tick = model.get("tick") ?? 0, silent = null;
  const send = (name, value) => { model.set(name, value); model.set("tick", ++tick); model.save_changes(); wait(); };
  const form = mount(el, {
    questionnaire: model.get("_questionnaire"),
    lang: model.get("lang"),
    mode: model.get("mode"),
    threshold: model.get("threshold"),
    respondent: model.get("respondent") ?? null,
    draft: draft && Object.keys(draft).length ? draft : null,
    storageKey: null,
    sending: false,
    theme: theme(),
    onChange: (state) => send("draft", state),
    onSubmit: (file) => send("submitted", file),
  });
  // What the kernel could not do with the answers is said above them.
  const told = h("p", { class: "q-alert", role: "alert" }), box = h("div", { class: "questionnaire" }, told);
  const tell = (text) => {
    if (told.textContent === text) return;
    told.textContent = text;
    box.hidden = !text;
    if (text) box.scrollIntoView?.({ block: "nearest" });
  };
  const problem = () => tell(model.get("problem") ?? "");
  // A kernel that is gone says nothing: the form must not go on as if all were saved.
  const wait = () => { silent ??= setTimeout(() => tell(model.get("_questionnaire").texts[form.state().lang].unsaved), PATIENCE); };
  const heard = () => {
    clearTimeout(silent);
    silent = null;
    if (model.get("saved") >= tick) problem();
    else wait();
  };
  const dress = () => { for (const part of el.querySelectorAll(".questionnaire")) if (theme()) part.dataset.theme = theme(); };
  const themed = new MutationObserver(dress);
  el.prepend(box);
  box.hidden = true;
  problem();
  dress();
  model.on("change:problem", problem);
  model.on("change:saved", heard);
  themed.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  return () => {
    themed.disconnect();
    clearTimeout(silent);
    model.off("change:problem", problem);
    model.off("change:saved", heard);
    form.destroy();
  };
}

export default { render };
