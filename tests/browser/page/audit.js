// Run inside the page: controls without a name, dialogs without a label, text that is hard to read.
() => {
  const faults = [];
  const seen = (node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const text = (ids) => ids.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();

  function nameOf(node) {
    if (node.getAttribute("aria-labelledby")) return text(node.getAttribute("aria-labelledby"));
    if (node.getAttribute("aria-label")) return node.getAttribute("aria-label").trim();
    const labels = [...(node.labels ?? [])].map((label) => label.textContent).join(" ").trim();
    return labels || (["INPUT", "TEXTAREA"].includes(node.tagName) ? "" : node.textContent.trim());
  }

  const where = (node) => `${node.tagName.toLowerCase()}.${node.className} "${node.textContent.trim().slice(0, 30)}"`;
  const controls = "a[href], button, input, textarea, select, [role=combobox], [role=menuitem], [role=tab], [role=listbox], [role=menu], [role=dialog], dialog";
  for (const node of document.querySelectorAll(controls)) {
    if (seen(node) && !nameOf(node)) faults.push(`no name: ${where(node)}`);
  }
  for (const node of document.querySelectorAll("[aria-controls], [aria-labelledby], [aria-describedby], [aria-activedescendant]")) {
    for (const name of ["aria-labelledby", "aria-describedby", "aria-activedescendant"]) {
      for (const id of (node.getAttribute(name) ?? "").split(" ").filter(Boolean)) {
        if (!document.getElementById(id)) faults.push(`${name} points nowhere: ${where(node)}`);
      }
    }
  }
  for (const node of document.querySelectorAll("img")) if (!node.hasAttribute("alt")) faults.push(`no alt: ${where(node)}`);
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id).filter(Boolean);
  for (const id of ids.filter((each, index) => ids.indexOf(each) !== index)) faults.push(`id twice: ${id}`);

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
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.textContent.trim());
    if (!own || !seen(node) || node.closest("noscript, .skip, svg")) continue;
    const [brighter, darker] = [light(rgba(getComputedStyle(node).color).channels), light(ground(node))].sort((a, b) => b - a);
    const contrast = (brighter + 0.05) / (darker + 0.05);
    if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(2)}: ${where(node)}`);
  }
  return [...new Set(faults)];
}
