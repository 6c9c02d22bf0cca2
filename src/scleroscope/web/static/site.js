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

// Find a trial: after each answer the number of trials still possible moves. The answers go to this machine alone.
const match = document.querySelector("form.match");
const moves = document.getElementById("moves");
if (match && moves) {
  let going;
  match.addEventListener("change", async () => {
    going?.abort();
    going = new AbortController();
    try {
      const body = new URLSearchParams([...new FormData(match)].filter(([, value]) => value !== ""));
      const answer = await fetch("/match", { method: "POST", body, signal: going.signal, credentials: "omit" });
      if (!answer.ok) return; // told when the form is sent
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      moves.textContent = page.getElementById("standing").textContent;
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  });
}
const printer = document.getElementById("print");
if (printer) {
  printer.hidden = false;
  printer.addEventListener("click", () => print());
}
