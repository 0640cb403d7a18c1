(() => {
  const finder = document.querySelector(".finder")
  const words = finder.querySelector("input[type=search]"), family = finder.querySelector("select")
  const sorts = [...finder.querySelectorAll("input[type=checkbox]")], count = finder.querySelector("output")
  const rows = [...document.querySelectorAll(".partings tbody tr")]
  const texts = new Map(rows.map(row => [row, `${row.textContent} ${row.dataset.also}`.toLowerCase()]))

  function show() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean)
    const chosen = new Set(sorts.filter(box => box.checked).map(box => box.value))
    let shown = 0
    for (const row of rows) {
      const fits = chosen.has(row.dataset.sort) && (!family.value || family.value === row.dataset.family)
      row.hidden = !(fits && wanted.every(word => texts.get(row).includes(word)))
      shown += !row.hidden
    }
    count.textContent = `${shown} of ${rows.length} rows`
  }

  finder.addEventListener("input", show)
  show()
})()
