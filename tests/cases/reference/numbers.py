"""Rounding, exactly: through rational numbers, to any binary floating-point format."""

from fractions import Fraction
from math import floor

import numpy as np

# (digits of the significand, exponent of the smallest normal number, largest finite number)
F16 = (11, -14, 65504)
BF16 = (8, -126, (2 - 2**-7) * 2.0**127)
F32 = (24, -126, (2 - 2**-23) * 2.0**127)
F64 = (53, -1022, (2 - 2**-52) * 2.0**1023)


def rounded(value, kind, mode="rn"):
    """A float64 that holds the value rounded to the format: rn to nearest even, rz to zero, rm down, rp up. The value is a Fraction or finite."""
    value = Fraction(value)
    if value == 0:
        return 0.0
    digits, lowest, largest = kind
    magnitude = abs(value)
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    if Fraction(2) ** exponent > magnitude:
        exponent -= 1
    unit = Fraction(2) ** (max(exponent, lowest) - digits + 1)
    scaled = value / unit
    low = floor(scaled)
    rest = scaled - low
    if mode == "rn":
        up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and low % 2 == 1)
    else:
        up = rest > 0 and {"rz": value < 0, "rm": False, "rp": True}[mode]
    result = (low + up) * unit
    if abs(result) > Fraction(largest):
        inward = mode == "rz" or (mode == "rm" and result > 0) or (mode == "rp" and result < 0)
        result = largest if inward else float("inf")
        return float(result if value > 0 else -result)
    return float(result) if result else -0.0 if value < 0 else 0.0


def each(function, *arrays):
    """Applies a function of exact rational numbers element by element; the results are float64."""
    flat = [[Fraction(float(x)) for x in np.ravel(array)] for array in arrays]
    return np.array([float(function(*values)) for values in zip(*flat)], np.float64).reshape(np.shape(arrays[0]))


def bf16_bits(values):
    """bf16 as its bits, u16, from values that bf16 holds exactly, or rounded to nearest even when they are f32."""
    bits = np.asarray(values, np.float32).view(np.uint32).astype(np.uint64)
    upper = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16
    return np.where(np.isnan(np.asarray(values, np.float32)), 0x7FFF, upper).astype(np.uint16)


def bf16_values(bits):
    return (np.asarray(bits).astype(np.uint32) << 16).view(np.float32)


def tf32_truncated(values):
    """What mma.sync sees of an f32: the low 13 bits dropped."""
    return (np.asarray(values, np.float32).view(np.uint32) & 0xFFFFE000).view(np.float32)


def fp8_bits(values, fraction_bits, bias):
    """e4m3 (3, 7) or e5m2 (2, 15), as bits, of values that the format holds exactly as normal numbers, or of 0."""
    result = np.zeros(np.shape(values), np.uint8)
    for index, value in np.ndenumerate(values):
        if value == 0:
            continue
        mantissa, exponent = np.frexp(abs(value))  # mantissa in [0.5, 1)
        field = int((mantissa * 2 - 1) * 2**fraction_bits)
        assert field == (mantissa * 2 - 1) * 2**fraction_bits
        result[index] = (value < 0) << 7 | (exponent - 1 + bias) << fraction_bits | field
    return result


def u32(value):
    return value & 0xFFFFFFFF


def s32(value):
    return (value & 0xFFFFFFFF) - ((value & 0x80000000) << 1)


def u64(value):
    return value & (2**64 - 1)


def s64(value):
    return (value & (2**64 - 1)) - ((value & 2**63) << 1)


def quotient(a, b):
    """Division of C: towards zero."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
