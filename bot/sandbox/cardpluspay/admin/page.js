// The CardPlusPay back office: accounts, orders with their codes, the ledger, and changes outside the API.
import { amount, ask, attempt, byId, clockTime, element, fill, open, row, unfolding } from "/admin/office.js";

const MOST_CARDS_SHOWN = 12;

function account(entry) {
  const card = element("div", "", entry.active ? "wallet" : "wallet other");
  const orders = `${entry.orders} ${entry.orders === 1 ? "order" : "orders"}`;
  card.append(
    element("small", `${entry.id} · ${entry.name}${entry.signing ? " · signing" : ""}${entry.active ? "" : " · inactive"}`),
    element("strong", `${amount(entry.balance)} ${entry.currency}`),
    entry.adds_up ? element("small", `${orders}, ledger adds up`) : element("small", "ledger does not add up!", "off"),
    element("code", entry.api_key),
  );
  return card;
}

function offer(select, entries) {
  const wanted = entries.map(([value]) => String(value)).join();
  if (select.dataset.offered === wanted) return;
  const kept = select.value;
  select.replaceChildren(...entries.map(([value, text]) => new Option(text, value)));
  if (kept) select.value = kept;
  select.dataset.offered = wanted;
}

function order(entry) {
  const mood = { completed: "good", pending: "wait" }[entry.status] ?? "bad";
  const back = Number(entry.refunded) ? ` (${entry.refunded} back)` : "";
  return row(
    [`${entry.order_id}`, "n"],
    [entry.order_no, "time"],
    [clockTime(entry.created_at), "time"],
    [`${entry.account_id}${entry.through === "api" ? "" : ", by hand"}`],
    [entry.item_code, "mono"],
    [`${entry.quantity}`, "n"],
    [`${entry.debited} ${entry.currency}${back}`, "n"],
    [entry.status, mood],
    [entry.codes.length ? codes(entry) : "none"],
    [actions(entry)],
  );
}

function codes(entry) {
  const items = entry.codes.map(({ code, pin }) => {
    const item = element("li");
    item.append(element("code", pin ? `${code} · PIN ${pin}` : code));
    return item;
  });
  const short = entry.codes.length < entry.quantity ? ` of ${entry.quantity}` : "";
  return unfolding(entry.order_id, `${entry.codes.length}${short}`, items);
}

function actions(entry) {
  const box = element("div", "", "actions");
  const offered = [];
  if (entry.codes.length < entry.quantity) offered.push(["Deliver", "deliver"]);
  if (Number(entry.debited) > Number(entry.refunded)) offered.push(["Refund", "refund"]);
  for (const [words, action] of offered) {
    const button = element("button", words);
    button.addEventListener("click", () => attempt(() => ask(`orders/${entry.order_id}`, "POST", { do: action })));
    box.append(button);
  }
  return box;
}

const movement = (entry) => {
  const debit = entry.change.startsWith("-");
  return row(
    [`${entry.id}`, "n"],
    [clockTime(entry.created_at), "time"],
    [`${entry.account_id}`],
    [entry.kind],
    [`${debit ? "−" : "+"}${entry.change.replace("-", "")} ${entry.currency}`, debit ? "n" : "n good"],
    [entry.balance_after, "n"],
    [entry.order_id ? `${entry.reason} · order ${entry.order_id}` : entry.reason],
  );
};

byId("open").addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, currency, balance } = event.target;
  attempt(() => ask("accounts", "POST", { name: name.value, currency: currency.value, balance: balance.value }));
});

byId("deal").addEventListener("submit", (event) => {
  event.preventDefault();
  const { account: whose, amount: sum, item, quantity } = event.target;
  const action = event.submitter?.value ?? "top-up";
  const body = action === "buy" ? { item_code: item.value, quantity: Number(quantity.value) } : { amount: sum.value };
  attempt(() => ask(`accounts/${whose.value}/${action}`, "POST", body));
});

open({
  paths: ["accounts?limit=1000", "orders?limit=50", "ledger?limit=100", "items?limit=1000"],
  whose: (entry) => entry.account ?? "–",
  show(accounts, orders, ledger, items) {
    const names = accounts.map(({ id, name }) => [id, `${id} · ${name}`]);
    byId("accounts").replaceChildren(...accounts.slice(0, MOST_CARDS_SHOWN).map(account));
    byId("accounts-count").textContent = accounts.length > MOST_CARDS_SHOWN ? `first ${MOST_CARDS_SHOWN} of ${accounts.length}` : "";
    offer(byId("deal").account, names);
    offer(byId("deal").item, items.map(({ item_code, product_name, price }) => [item_code, `${product_name} · ${price} USD`]));
    offer(byId("arm").account, [["", "any"], ...names]);
    fill("orders", orders.map(order), 50, "No orders yet.");
    fill("ledger", ledger.map(movement), 100, "Nothing has moved yet.");
  },
});
