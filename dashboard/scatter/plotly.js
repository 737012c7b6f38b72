// Loads plotly.js once, and says what this browser can draw with.

let loads;

export function loadPlotly(address) {
  loads ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      loads = undefined;
      reject(new Error("plotly.js did not load"));
    };
    document.head.append(script);
  });
  return loads;
}

let webgl;

export function hasWebgl() {
  webgl ??= askForWebgl();
  return webgl;
}

function askForWebgl() {
  const context = document.createElement("canvas").getContext("webgl");
  // Browsers keep only a few contexts: this one is given back at once.
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}
