// Run inside the page: names, labels, roles and their places, references, headings, text that is hard to read.
() => {
  const faults = [];
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const seen = (node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const text = (ids) => ids.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
  const where = (node) => `${node.tagName.toLowerCase()}.${node.className} "${node.textContent.trim().slice(0, 30)}"`;
  const wrong = (what, node) => faults.push(`${what}: ${where(node)}`);

  function nameOf(node) {
    if (node.getAttribute("aria-labelledby")) return text(node.getAttribute("aria-labelledby"));
    if (node.getAttribute("aria-label")) return node.getAttribute("aria-label").trim();
    const labels = [...(node.labels ?? [])].map((label) => label.textContent).join(" ").trim();
    return labels || (["INPUT", "TEXTAREA"].includes(node.tagName) ? "" : node.textContent.trim());
  }

  const controls = "a[href], button, input, textarea, select, [role=combobox], [role=menuitem], [role=tab], [role=option]";
  const named = `${controls}, [role=listbox], [role=menu], [role=dialog], [role=alertdialog], [role=tablist], [role=tabpanel], [role=radiogroup], [role=region], [role=log], dialog, nav, aside`;
  for (const node of all(named)) if (seen(node) && !nameOf(node)) wrong("no name", node);
  for (const node of all(controls)) if (seen(node) && node.parentElement.closest("a[href], button")) wrong("a control inside a control", node);
  for (const node of all("[tabindex]")) if (node.tabIndex > 0) wrong("an order of its own for the Tab key", node);

  const parents = { option: "[role=listbox]", menuitem: "[role=menu]", tab: "[role=tablist]", li: "ul, ol" };
  for (const [role, parent] of Object.entries(parents)) {
    for (const node of all(role === "li" ? "li" : `[role=${role}]`)) if (!node.closest(parent)) wrong(`a ${role} outside its list`, node);
  }
  for (const node of all("ul, ol")) {
    for (const child of node.children) if (child.tagName !== "LI") wrong("a list holds something else", child);
  }
  const states = { combobox: "aria-expanded", option: "aria-selected", tab: "aria-selected" };
  for (const [role, state] of Object.entries(states)) {
    for (const node of all(`[role=${role}]`)) if (!node.hasAttribute(state)) wrong(`a ${role} without ${state}`, node);
  }

  for (const name of ["aria-labelledby", "aria-describedby", "aria-activedescendant"]) {
    for (const node of all(`[${name}]`)) {
      for (const id of node.getAttribute(name).split(" ").filter(Boolean)) {
        if (!document.getElementById(id)) wrong(`${name} points nowhere`, node);
      }
    }
  }
  for (const node of all("[aria-hidden=true]")) {
    for (const inside of [node, ...all("*", node)]) if (inside.tabIndex >= 0 && seen(inside)) wrong("hidden from readers, not from the keyboard", inside);
  }
  for (const node of all("label[for]")) if (!document.getElementById(node.htmlFor)) wrong("a label for nothing", node);
  for (const node of all("img")) if (!node.hasAttribute("alt")) wrong("no alt", node);
  const ids = all("[id]").map((node) => node.id).filter(Boolean);
  for (const id of ids.filter((each, index) => ids.indexOf(each) !== index)) faults.push(`id twice: ${id}`);
  if (!document.documentElement.lang) faults.push("the page has no language");
  if (!document.title.trim()) faults.push("the page has no title");
  if (all("h1").filter(seen).length !== 1) faults.push(`${all("h1").filter(seen).length} headings of level 1`);
  if (all("main").length !== 1) faults.push("not exactly one main part");

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  function rgba(colour) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return { channels: [r, g, b], alpha: a / 255 };
  }
  function ground(node) {
    for (let each = node; each; each = each.parentElement) {
      const { channels, alpha } = rgba(getComputedStyle(each).backgroundColor);
      if (alpha > 0.95) return channels;
    }
    return rgba(getComputedStyle(document.documentElement).getPropertyValue("color-scheme") === "dark" ? "#000" : "#fff").channels;
  }
  function light(channels) {
    const [r, g, b] = channels.map((value) => value / 255).map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  function contrast(colour, node) {
    const [brighter, darker] = [light(rgba(colour).channels), light(ground(node))].sort((a, b) => b - a);
    return (brighter + 0.05) / (darker + 0.05);
  }
  for (const node of all("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.textContent.trim());
    if (!own || !seen(node) || node.closest("noscript, .skip, svg")) continue;
    const found = contrast(getComputedStyle(node).color, node);
    if (found < 4.5) wrong(`contrast ${found.toFixed(2)}`, node);
  }
  for (const node of all("input[placeholder], textarea[placeholder]")) {
    if (!seen(node)) continue;
    const found = contrast(getComputedStyle(node, "::placeholder").color, node);
    if (found < 4.5) wrong(`placeholder contrast ${found.toFixed(2)}`, node);
  }
  return [...new Set(faults)];
}
