// Images. The page loads nothing from other servers, so their images are named instead of shown.
import { h, icon } from "./dom.js";

function isNear(address) {
  try {
    const url = new URL(address, location.href);
    return url.protocol === "data:" || url.origin === location.origin;
  } catch {
    return false;
  }
}

export function picture(address, alt, kind) {
  if (isNear(address)) return h("img", { class: kind, src: address, alt, loading: "lazy" });
  const words = [...alt].slice(0, 28).join("");
  return h("span", { class: `${kind} far-picture`, role: "img", "aria-label": alt, title: alt }, icon("gift"), kind === "wide" && words);
}
