// Search as you type. Without scripts the same form asks for the same page.
"use strict";
const form = document.querySelector("form.search");
const results = document.getElementById("results");
if (form && results) {
  let wait, going;
  const ask = async () => {
    const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
    const address = "/trials?" + new URLSearchParams(pairs);
    going?.abort();
    going = new AbortController();
    try {
      const answer = await fetch(address, { signal: going.signal, credentials: "omit" });
      if (!answer.ok) return; // a word half typed may not mean anything yet
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      results.replaceChildren(...page.getElementById("results").childNodes);
      history.replaceState(null, "", address);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(ask, 250);
  });
}
