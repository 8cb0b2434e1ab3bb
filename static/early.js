// Runs before the page is drawn: holds back the menu on a phone until the script that folds it is there, so that nothing jumps.
// Should that script not come, the menu shows itself after three seconds.
if ("noModule" in HTMLScriptElement.prototype) {
  const page = document.documentElement.classList;
  page.add("js-wait");
  setTimeout(() => page.remove("js-wait"), 3000);
}
