package dev.tilewright.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The picture of the demo: input, response, output and times, in four panels. */
final class DemoPicture {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 430;
  private static final int TITLE = 64;
  private static final Color INK = new Color(0x22, 0x2b, 0x38);
  private static final Color GRID = new Color(0xe3, 0xe7, 0xec);
  private static final Color BLUE = new Color(0x2f, 0x6d, 0xb5);
  private static final Color GREEN = new Color(0x2c, 0x8a, 0x5b);
  private static final Color ORANGE = new Color(0xd9, 0x77, 0x06);

  private DemoPicture() {}

  /** Draws and writes a PNG. {@code times} are labelled milliseconds, ours last. */
  static void write(
      Path path,
      String title,
      float[] signal,
      float[] response,
      float[] output,
      Map<String, Double> times)
      throws IOException {
    BufferedImage image =
        new BufferedImage(2 * WIDTH, TITLE + 2 * HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    try {
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setColor(Color.WHITE);
      g.fillRect(0, 0, image.getWidth(), image.getHeight());
      g.setColor(INK);
      g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 24));
      g.drawString(title, 24, 42);
      panel(g, wave("Input: a voice", signal, 10, BLUE), 0, TITLE);
      // The direct sound is 1 and would flatten everything that follows it.
      panel(
          g,
          wave("Filter: a room's answer to a clap (first peak: 1)", response, 0.25f, ORANGE),
          WIDTH,
          TITLE);
      panel(g, wave("Output: the voice in the room", output, 10, GREEN), 0, TITLE + HEIGHT);
      panel(g, bars(times), WIDTH, TITLE + HEIGHT);
    } finally {
      g.dispose();
    }
    try (OutputStream out = Files.newOutputStream(path)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IOException("this Java has no PNG writer");
      }
    }
  }

  private static void panel(Graphics2D g, Chart<?, ?> chart, int x, int y) {
    Graphics2D part = (Graphics2D) g.create(x, y, WIDTH, HEIGHT);
    try {
      chart.paint(part, WIDTH, HEIGHT);
    } finally {
      part.dispose();
    }
  }

  /**
   * A waveform as the band between the lowest and the highest sample of each column of pixels, cut
   * off beyond {@code limit}.
   */
  private static XYChart wave(String title, float[] samples, float limit, Color color) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("seconds")
            .yAxisTitle("amplitude")
            .build();
    style(chart.getStyler());
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setXAxisTickMarkSpacingHint(110);
    chart.getStyler().setXAxisDecimalPattern("0.##");
    chart.getStyler().setYAxisDecimalPattern("0.##");
    int columns = Math.min(WIDTH - 90, samples.length);
    double[] x = new double[2 * columns];
    double[] y = new double[2 * columns];
    float largest = Float.MIN_NORMAL;
    for (int c = 0; c < columns; c++) {
      int from = (int) ((long) c * samples.length / columns);
      int to = (int) ((long) (c + 1) * samples.length / columns);
      float low = samples[from];
      float high = samples[from];
      for (int i = from; i < to; i++) {
        low = Math.min(low, samples[i]);
        high = Math.max(high, samples[i]);
      }
      low = Math.max(low, -limit);
      high = Math.min(high, limit);
      x[2 * c] = x[2 * c + 1] = (double) from / SpeechSignal.RATE;
      y[2 * c] = low;
      y[2 * c + 1] = high;
      largest = Math.max(largest, Math.max(high, -low));
    }
    // XChart takes the ticks of evenly spaced data from the data, at odd places; this is not even.
    x[2 * columns - 1] += 0.5 * samples.length / columns / SpeechSignal.RATE;
    chart.getStyler().setYAxisMin(-1.1 * largest);
    chart.getStyler().setYAxisMax(1.1 * largest);
    chart
        .addSeries(title, x, y)
        .setMarker(SeriesMarkers.NONE)
        .setLineColor(color)
        .setLineStyle(new BasicStroke(1.1f));
    return chart;
  }

  private static CategoryChart bars(Map<String, Double> times) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Time of the whole convolution, against plain Java")
            .yAxisTitle("milliseconds, logarithmic")
            .build();
    style(chart.getStyler());
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setPlotGridVerticalLinesVisible(false);
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmicDecadeOnly(true);
    chart.getStyler().setYAxisDecimalPattern("#,##0.###");
    chart.getStyler().setAvailableSpaceFill(0.55);
    chart.getStyler().setOverlapped(true);
    double least = times.values().stream().mapToDouble(v -> v).min().orElse(1);
    double most = times.values().stream().mapToDouble(v -> v).max().orElse(1);
    chart.getStyler().setYAxisMin(decade(least, -0.3));
    chart.getStyler().setYAxisMax(decade(most, 1));
    List<String> labels =
        times.entrySet().stream()
            .map(e -> e.getKey() + " " + Numbers.significant(e.getValue()) + " ms")
            .toList();
    Color[] colors = {new Color(0x9a, 0xa5, 0xb1), new Color(0x6b, 0x78, 0x87), GREEN};
    List<Double> values = List.copyOf(times.values());
    for (int i = 0; i < labels.size(); i++) {
      // One series a bar, for a colour a bar; the other places stay empty.
      Double[] bar = new Double[labels.size()];
      bar[i] = values.get(i);
      chart
          .addSeries(labels.get(i), labels, java.util.Arrays.asList(bar))
          .setFillColor(colors[i % colors.length]);
    }
    return chart;
  }

  /** The power of ten at or below {@code value * 10^shift}. */
  private static double decade(double value, double shift) {
    return Math.pow(10, Math.floor(Math.log10(value) + shift));
  }

  private static void style(AxesChartStyler styler) {
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(GRID);
    styler.setPlotGridLinesStroke(new BasicStroke(1));
    styler.setChartFontColor(INK);
    styler.setAxisTickLabelsColor(INK);
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 17));
    styler.setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    styler.setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    styler.setChartTitleBoxVisible(false);
    styler.setChartPadding(14);
    styler.setAntiAlias(true);
  }
}
