// Run by the page around the frames: measures each report once everything has loaded.
// Ratio of luminances by WCAG 2.2, relative luminance of sRGB.
const channels = text => {
  const numbers = text.match(/[\d.]+/g).map(Number);
  return text.startsWith('color(') ? numbers.slice(0, 3) : numbers.slice(0, 3).map(value => value / 255);
};
const alpha = text => { const numbers = text.match(/[\d.]+/g).map(Number); return numbers.length > 3 ? numbers[3] : 1; };
const luminance = text => {
  const [r, g, b] = channels(text).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};
const background = (element, view) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = view.getComputedStyle(at).backgroundColor;
    if (alpha(colour) > 0) return colour;
  }
  return 'rgb(255, 255, 255)';
};
const measure = frame => {
  const view = frame.contentWindow, page = frame.contentDocument, root = page.documentElement;
  const ownText = element => [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  const texts = [...page.body.querySelectorAll('*')].filter(element => ownText(element) && element.getClientRects().length);
  const colourOf = element => element instanceof view.SVGElement ? view.getComputedStyle(element).fill : view.getComputedStyle(element).color;
  const lines = [...page.querySelectorAll('.line polyline, .line line')];
  return {
    name: frame.id,
    dark: view.matchMedia('(prefers-color-scheme: dark)').matches,
    background: view.getComputedStyle(page.body).backgroundColor,
    overflow: root.scrollWidth - root.clientWidth,
    charts: [...page.querySelectorAll('.chart')].filter(chart => chart.querySelector('polyline, circle') && chart.getBoundingClientRect().height > 100).length,
    chartWidth: Math.max(0, ...[...page.querySelectorAll('.chart')].map(chart => chart.getBoundingClientRect().width)),
    pictures: [...page.images].filter(picture => picture.complete && picture.naturalWidth > 0).length,
    texts: texts.length,
    textContrast: Math.min(...texts.map(element => contrast(colourOf(element), background(element, view)))),
    lineContrast: Math.min(99, ...lines.map(line => contrast(view.getComputedStyle(line).stroke, background(line.closest('figure'), view)))),
  };
};
window.onload = () => {
  document.getElementById('measured').textContent = JSON.stringify([...document.querySelectorAll('iframe')].map(measure));
};
