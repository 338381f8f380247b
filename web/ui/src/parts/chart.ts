// What the charts share: a uPlot as wide as its holder and gone with it, and the mark of what is chosen.
import type uPlot from "uplot";

/** Keeps `plot` as wide as `holder`; what it returns takes the plot away. */
export function kept(plot: uPlot, holder: HTMLElement, height: number): () => void {
  const resize = new ResizeObserver(() => plot.setSize({ width: holder.clientWidth, height }));
  resize.observe(holder);
  return () => {
    resize.disconnect();
    plot.destroy();
  };
}

/** A dashed upright line at `x`, in the plot's own numbers: what is chosen. For a plot's draw hook. */
export function drawUpright(plot: uPlot, x: number, stroke: string): void {
  const at = plot.valToPos(x, "x", true);
  plot.ctx.save();
  plot.ctx.strokeStyle = stroke;
  plot.ctx.setLineDash([3, 3]);
  plot.ctx.beginPath();
  plot.ctx.moveTo(at, plot.bbox.top);
  plot.ctx.lineTo(at, plot.bbox.top + plot.bbox.height);
  plot.ctx.stroke();
  plot.ctx.restore();
}
