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

// A cohort: the answer comes without leaving the page, so that the chosen table is still there for the next question.
const cohort = document.getElementById("screen");
const answer = document.getElementById("answer");
if (cohort && answer) {
  cohort.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new FormData(cohort, event.submitter);
    if (event.submitter?.name === "trial") {
      body.set("trial", event.submitter.value);
      cohort.elements.namedItem("trial").value = event.submitter.value;
    }
    event.submitter?.setAttribute("disabled", "");
    try {
      const sent = await fetch("/screen", { method: "POST", body, credentials: "omit" });
      const page = new DOMParser().parseFromString(await sent.text(), "text/html");
      answer.replaceChildren(...(page.getElementById("answer") ?? page.getElementById("content")).childNodes);
      answer.querySelector("h2")?.scrollIntoView({ block: "nearest" });
    } catch {
      answer.textContent = "The table was not taken: it may be too large, or the site has stopped.";
    } finally {
      event.submitter?.removeAttribute("disabled");
    }
  });
}

// A plan: a slider beside each number, and the answer follows what is moved.
const plan = document.querySelector("form.design");
if (plan && answer) {
  let wait, going;
  const ask = async () => {
    const address = "/design?" + new URLSearchParams([...new FormData(plan)].filter(([, value]) => value !== ""));
    going?.abort();
    going = new AbortController();
    answer.setAttribute("aria-busy", "true");
    try {
      const sent = await fetch(address, { signal: going.signal, credentials: "omit" });
      const page = new DOMParser().parseFromString(await sent.text(), "text/html");
      if (!sent.ok) return void answer.replaceChildren(...page.getElementById("content").querySelectorAll(".lead"));
      answer.replaceChildren(...page.getElementById("answer").childNodes);
      history.replaceState(null, "", address);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    } finally {
      answer.removeAttribute("aria-busy");
    }
  };
  const soon = () => { clearTimeout(wait); wait = setTimeout(ask, 400); };
  for (const number of plan.querySelectorAll("[data-slide]")) {
    const slide = document.createElement("input");
    Object.assign(slide, { type: "range", min: number.min, max: number.max, step: number.dataset.slide });
    if (number.name === "n" || number.name === "sites") slide.max = Math.min(number.max, 4 * number.value);
    slide.value = number.value;
    slide.setAttribute("aria-label", document.querySelector(`label[for="${number.id}"]`).textContent);
    slide.addEventListener("input", () => { number.value = slide.value; soon(); });
    number.addEventListener("input", () => { slide.value = number.value; });
    number.after(slide);
  }
  plan.addEventListener("change", soon);
}

// A figure becomes part of the page when it comes into view, so that its marks lead to their trials.
const seen = new IntersectionObserver(async (entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    const image = target.querySelector("img");
    const sent = await fetch(image.currentSrc || image.src, { credentials: "omit" });
    if (!sent.ok) continue;
    const text = (await sent.text()).replace(/<style>.*?<\/style>/s, ""); // the page has its own colours
    const drawn = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (drawn.localName !== "svg" || !drawn.querySelector("a")) continue;
    drawn.setAttribute("class", "inline");
    drawn.setAttribute("role", "group"); // no image any more: it holds links
    target.replaceWith(document.importNode(drawn, true));
  }
}, { rootMargin: "200px" });
document.querySelectorAll("a.drawn").forEach((each) => seen.observe(each));
