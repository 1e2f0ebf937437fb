/**
 * Float64 references, written from the equations of the operations and short enough to check by
 * eye, and the measure and bounds of error against them. Nothing here is fast; nothing here shares
 * code with what it judges.
 */
package dev.tilewright.oracle;
