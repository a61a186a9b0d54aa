// The data, and the page's own account of itself (attributes of <html>) for whoever wants to check it.

const account = document.documentElement.dataset;
account.errors = 0;
account.violations = 0;

addEventListener("error", (event) => {
  account.errors = Number(account.errors) + 1;
  const box = document.getElementById("broken");
  box.textContent = "This map could not be drawn completely: " + event.message;
  box.hidden = false;
});
addEventListener("securitypolicyviolation", () => {
  account.violations = Number(account.violations) + 1;
});

const data = JSON.parse(document.getElementById("voi-data").textContent);
