// Shared by the vendors' back office pages: polls the admin API every two seconds while the page is visible,
// shows requests, faults, choices and the clock, and changes the last three.
const api = "/admin/api/";
export const byId = (id) => document.getElementById(id);
const meanings = {};

export function element(tag, text = "", className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

export async function ask(path, method = "GET", body) {
  const answer = await fetch(api + path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  // Amounts keep their decimals only as text.
  const text = (await answer.text()).replace(/: (-?\d+\.\d+)(?=[,}])/g, ': "$1"');
  const content = JSON.parse(text);
  if (!answer.ok) throw new Error(content.error?.message ?? content.message);
  return content;
}

export function fill(id, rows, most, nothing) {
  const body = byId(id);
  body.replaceChildren(...rows);
  byId(`${id}-count`).textContent = rows.length === most ? `latest ${most}` : rows.length || "";
  if (!rows.length) {
    const cell = element("td", nothing, "empty");
    cell.colSpan = 9;
    body.append(cell);
  }
}

export function row(...cells) {
  const made = element("tr");
  for (const [content, className = ""] of cells) {
    const cell = element("td", content instanceof Node ? "" : content ?? "", className);
    if (content instanceof Node) cell.append(content);
    made.append(cell);
  }
  return made;
}

export const clockTime = (text) => text.slice(5, 19).replace("T", " ");

export function amount(text) {
  const decimals = String(text).split(".")[1]?.length ?? 0;
  return Number(text).toLocaleString("en", { minimumFractionDigits: decimals });
}

const opened = new Set();

// A list that stays open when the table around it is redrawn.
export function unfolding(key, summary, items) {
  const box = element("details");
  box.open = opened.has(key);
  box.addEventListener("toggle", () => (box.open ? opened.add(key) : opened.delete(key)));
  const list = element("ol");
  list.append(...items);
  box.append(element("summary", summary), list);
  return box;
}

const request = (whose) => (entry) =>
  row(
    [clockTime(entry.at), "time"],
    [`${entry.method} ${entry.path}`, "mono"],
    [entry.status ?? "hung up", entry.status < 400 && entry.status ? "good" : "bad"],
    [`${entry.ms}`, "n"],
    [whose(entry), "mono"],
    [entry.faults.join(", "), "wait"],
  );

function showFaults({ armed, kinds }) {
  const select = byId("arm").kind;
  if (!select.options.length) {
    Object.assign(meanings, kinds);
    select.append(...Object.keys(kinds).map((kind) => new Option(kind)));
    select.value = "drop-after";
    explain();
  }
  byId("armed").replaceChildren(
    ...armed.map(({ kind, times, match, skip, ...options }) => {
      const extra = Object.entries(options).map(([name, value]) => `${name}=${value}`);
      const whose = match.account ? [`account ${match.account}`] : [];
      return element("li", [kind, times > 0 ? `×${times}` : "until disarmed", match.method, match.path, ...whose, ...extra].join(" "));
    }),
  );
}

const explain = () => (byId("meaning").textContent = `${byId("arm").kind.value}: ${meanings[byId("arm").kind.value]}.`);

function showChoices(values, made) {
  const box = byId("choices");
  if (!box.children.length) box.append(...Object.entries(values).map(([name, { allowed }]) => choice(name, allowed)));
  for (const [name, value] of Object.entries(made)) {
    const input = box.querySelector(`[name="${name}"]`);
    if (input !== document.activeElement) input.value = String(value);
    input.parentElement.classList.toggle("switched", String(value) !== String(values[name].first));
  }
}

function choice(name, allowed) {
  const label = element("label", name.replaceAll("_", " "));
  const input = element(Array.isArray(allowed) ? "select" : "input");
  input.name = name;
  if (Array.isArray(allowed)) input.append(...allowed.map((value) => new Option(String(value))));
  else Object.assign(input, { type: "number", min: 0, step: allowed === "int" ? 1 : "any" });
  input.addEventListener("change", () => {
    const wanted = Array.isArray(allowed) ? allowed.find((value) => String(value) === input.value) : Number(input.value);
    attempt(() => ask("choices", "PATCH", { [name]: wanted }));
    input.blur();
  });
  label.append(input);
  return label;
}

let vendor;

async function refresh() {
  const paths = ["clock", "faults", "requests?limit=100", ...vendor.paths];
  const [clock, faults, requests, ...own] = await Promise.all(paths.map((path) => ask(path)));
  byId("now").textContent = clock.now.replace("T", " ").replace("Z", " UTC");
  byId("shift").textContent = Number(clock.shift_s) ? `moved by ${clock.shift_s} s` : "";
  showFaults(faults);
  fill("requests", requests.map(request(vendor.whose)), 100, "Nobody has called yet.");
  if (byId("choices")) showChoices(await ask("choices/values"), await ask("choices"));
  vendor.show(...own);
}

export async function attempt(work) {
  try {
    await work?.();
    await refresh();
    if (work) byId("error").textContent = "";
  } catch (problem) {
    byId("error").textContent = `That did not work: ${problem.message}`;
  }
}

function listen() {
  byId("arm").kind.addEventListener("change", explain);
  byId("arm").addEventListener("submit", (event) => {
    event.preventDefault();
    const { kind, method, path, times, options, account } = event.target;
    const pairs = options.value.split(/[;,]/).map((pair) => pair.split("=").map((part) => part.trim()));
    const named = Object.fromEntries(pairs.filter(([name]) => name));
    const match = { method: kind.value.startsWith("webhook-") ? "*" : method.value, path: path.value || "*" };
    if (account?.value) match.account = account.value;
    attempt(() => ask("faults", "POST", { kind: kind.value, times: Number(times.value), match, ...named }));
  });
  byId("disarm").addEventListener("click", () => attempt(() => ask("faults", "DELETE")));
  byId("reset").addEventListener("click", () => {
    if (confirm("Forget every order, transaction and fault, and start again?")) attempt(() => ask("reset", "POST", {}));
  });
  for (const button of document.querySelectorAll("[data-shift]"))
    button.addEventListener("click", () => attempt(() => ask("clock", "POST", { shift_s: Number(button.dataset.shift) })));
}

// `paths` are fetched each time and passed to `show`; `whose` returns the label of a request.
export function open(own) {
  vendor = own;
  listen();
  attempt();
  setInterval(() => document.visibilityState === "visible" && attempt(), 2000);
}
