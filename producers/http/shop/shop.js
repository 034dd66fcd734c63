document.getElementById("btn-promo").addEventListener("click", function () {
  document.getElementById("promo").hidden = false;
});
