package dev.tilewright.schedule;

/**
 * A legal tile with its prediction.
 *
 * @param tile the tile
 * @param prediction what the time model says of it
 */
public record Ranked(Tile tile, Prediction prediction) {}
