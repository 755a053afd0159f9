// The back office's page: asks the admin API every two seconds while it is looked at.
const api = "/admin/api/";
const byId = (id) => document.getElementById(id);
const meanings = {};
const open = new Set();

function element(tag, text = "", className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

async function ask(path, method = "GET", body) {
  const answer = await fetch(api + path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  // Amounts keep their decimals only as text.
  const text = (await answer.text()).replace(/: (-?\d+\.\d+)(?=[,}])/g, ': "$1"');
  const content = JSON.parse(text);
  if (!answer.ok) throw new Error(content.error.message);
  return content;
}

function fill(id, rows, most, nothing) {
  const body = byId(id);
  body.replaceChildren(...rows);
  byId(`${id}-count`).textContent = rows.length === most ? `latest ${most}` : rows.length || "";
  if (!rows.length) {
    const cell = element("td", nothing, "empty");
    cell.colSpan = 9;
    body.append(cell);
  }
}

function row(...cells) {
  const made = element("tr");
  for (const [content, className = ""] of cells) {
    const cell = element("td", content instanceof Node ? "" : content ?? "", className);
    if (content instanceof Node) cell.append(content);
    made.append(cell);
  }
  return made;
}

const clockTime = (text) => text.slice(5, 19).replace("T", " ");

function wallet(entry) {
  const card = element("div", "", entry.client_id === 7 ? "wallet" : "wallet other");
  card.append(
    element("small", `${entry.type === "POSTPAID" ? `postpaid to −${entry.credit_limit} · ` : ""}wallet ${entry.id} · client ${entry.client_id}`),
    element("strong", `${Number(entry.amount).toLocaleString("en", { minimumFractionDigits: String(entry.amount).split(".")[1]?.length ?? 0 })} ${entry.currency}`),
    entry.adds_up
      ? element("small", `${entry.transactions} movements, adding up`)
      : element("small", "movements do not add up!", "off"),
  );
  return card;
}

function order(entry) {
  const mood = { DELIVERED: "good", PENDING: "wait", PARTIALLY_DELIVERED: "wait" }[entry.status] ?? "bad";
  return row(
    [`${entry.id}`, "n"],
    [clockTime(entry.created_at), "time"],
    [entry.client_reference ?? "–", "mono"],
    [`${entry.product_name}, ${entry.denomination} ${entry.base_currency}`],
    [`${entry.quantity}`, "n"],
    [`${entry.debited} ${entry.deduction_currency}`, "n"],
    [entry.status.toLowerCase().replace("_", " "), mood],
    [entry.vouchers.length ? vouchers(entry) : "none"],
  );
}

function vouchers(entry) {
  const box = element("details");
  const unseen = entry.vouchers.filter((voucher) => !voucher.revealed).length;
  box.open = open.has(entry.id);
  box.addEventListener("toggle", () => (box.open ? open.add(entry.id) : open.delete(entry.id)));
  const list = element("ol");
  for (const voucher of entry.vouchers) {
    const item = element("li");
    item.append(element("code", voucher.claim_url ?? `${voucher.card_number} · PIN ${voucher.pin_code}`));
    if (!voucher.revealed) item.append(element("span", " not shown yet", "wait"));
    list.append(item);
  }
  box.append(element("summary", `${entry.vouchers.length}${unseen ? `, ${unseen} not shown yet` : ", shown"}`), list);
  return box;
}

const movement = (entry) => {
  const debit = entry.transaction_type === "DEBIT";
  return row(
    [`${entry.id}`, "n"],
    [clockTime(entry.created_at), "time"],
    [`${entry.wallet_id}`],
    [`${debit ? "−" : "+"}${entry.amount} ${entry.currency}`, debit ? "n" : "n good"],
    [`${entry.balance_after}`, "n"],
    [entry.remarks],
  );
};

const request = (entry) =>
  row(
    [clockTime(entry.at), "time"],
    [`${entry.method} ${entry.path}`, "mono"],
    [entry.status ?? "hung up", entry.status < 400 && entry.status ? "good" : "bad"],
    [`${entry.ms}`, "n"],
    [entry.request_id, "mono"],
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
      return element("li", [kind, times > 0 ? `×${times}` : "until disarmed", match.method, match.path, ...extra].join(" "));
    }),
  );
}

const explain = () => (byId("meaning").textContent = `${byId("arm").kind.value}: ${meanings[byId("arm").kind.value]}.`);

async function refresh() {
  const [clock, faults, wallets, orders, ledger, requests] = await Promise.all(
    ["clock", "faults", "wallets", "orders?limit=50", "ledger?limit=100", "requests?limit=100"].map((path) => ask(path)),
  );
  byId("now").textContent = clock.now.replace("T", " ").replace("Z", " UTC");
  byId("shift").textContent = Number(clock.shift_s) ? `moved by ${clock.shift_s} s` : "";
  showFaults(faults);
  byId("wallets").replaceChildren(...wallets.map(wallet));
  fill("orders", orders.map(order), 50, "No orders yet.");
  fill("ledger", ledger.map(movement), 100, "Nothing has moved yet.");
  fill("requests", requests.map(request), 100, "Nobody has called yet.");
}

async function attempt(work) {
  try {
    await work?.();
    await refresh();
    if (work) byId("trouble").textContent = "";
  } catch (problem) {
    byId("trouble").textContent = `That did not work: ${problem.message}`;
  }
}

byId("arm").kind.addEventListener("change", explain);
byId("arm").addEventListener("submit", (event) => {
  event.preventDefault();
  const { kind, method, path, times, options } = event.target;
  const pairs = options.value.split(/[;,]/).map((pair) => pair.split("=").map((part) => part.trim()));
  const named = Object.fromEntries(pairs.filter(([name]) => name));
  const match = { method: kind.value.startsWith("webhook-") ? "*" : method.value, path: path.value || "*" };
  attempt(() => ask("faults", "POST", { kind: kind.value, times: Number(times.value), match, ...named }));
});
byId("disarm").addEventListener("click", () => attempt(() => ask("faults", "DELETE")));
byId("reset").addEventListener("click", () => {
  if (confirm("Forget every order, transaction and fault, and start again?")) attempt(() => ask("reset", "POST", {}));
});
for (const button of document.querySelectorAll("[data-shift]"))
  button.addEventListener("click", () => attempt(() => ask("clock", "POST", { shift_s: Number(button.dataset.shift) })));

attempt();
setInterval(() => document.visibilityState === "visible" && attempt(), 2000);
