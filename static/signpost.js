// Switches on GOV.UK Frontend and our suggestions. The site is whole without them.
import { initAll } from "./govuk/govuk-frontend.min.js";
import { enhance } from "./suggest.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
document.documentElement.classList.remove("js-wait");
for (const input of document.querySelectorAll("input[type=search]")) enhance(input);
