// A site that is opened from a folder may start no worker: there the search runs in a frame of the page.
// It takes the worker's name, and its messages are a worker's.
class FrameWorker extends EventTarget {
  constructor(url) {
    super()
    this.frame = document.createElement("iframe")
    this.frame.hidden = true
    document.body.append(this.frame)
    const inside = this.frame.contentWindow
    this.ready = new Promise(resolve => this.frame.addEventListener("load", resolve, { once: true }))
    inside.document.open()
    inside.document.write(`<script>
      postMessage = message => parent.postMessage(message, "*")
      importScripts = (...urls) => Promise.all(urls.map(url => new Promise((resolve, reject) => {
        const script = document.createElement("script")
        Object.assign(script, { src: url, onload: resolve, onerror: reject })
        document.body.append(script)
      })))
    <\/script><body><script src="${url}"><\/script>`)
    inside.document.close()
    addEventListener("message", event => {
      if (event.source === inside) this.dispatchEvent(new MessageEvent("message", { data: event.data }))
    })
  }

  postMessage(message) {
    this.ready.then(() => this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data: message })))
  }

  terminate() {
    this.frame.remove()
  }
}

if (location.protocol === "file:") window.Worker = FrameWorker
