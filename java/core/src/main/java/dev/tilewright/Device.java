package dev.tilewright;

/** Skeleton. */
public abstract class Device {}
