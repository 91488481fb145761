// Batch normalisation over images, channels last; included by level.h before
// conv.h. Sums by channel are made image by image, in four interleaved strands so
// that they do not wait for themselves: strand r has pixels r, r+4, r+8, ..., pixels
// beyond a multiple of four go to strand 0, and the sum is (0 + 1) + (2 + 3).

// moments computes, for one image, the sum of each channel and then the sum of its
// squared deviations from its mean in the image: 2 x channels.
static TARGET void NAME(moments)(long pixels, long channels, const float *y, float *out) {
    for (long c = 0; c < channels; c += VL) {
        long n = channels - c;
        vec sum[4] = {{0}, {0}, {0}, {0}}, square[4] = {{0}, {0}, {0}, {0}};
        long i = 0;
        for (; i + 4 <= pixels; i += 4)
#pragma GCC unroll 4
            for (int r = 0; r < 4; r++) sum[r] += NAME(part)(y + (i + r) * channels + c, n);
        for (; i < pixels; i++) sum[0] += NAME(part)(y + i * channels + c, n);
        vec all = (sum[0] + sum[1]) + (sum[2] + sum[3]), mean = all / SPLAT((float)pixels);
        for (i = 0; i + 4 <= pixels; i += 4)
#pragma GCC unroll 4
            for (int r = 0; r < 4; r++) {
                vec d = NAME(part)(y + (i + r) * channels + c, n) - mean;
                square[r] = FMA(d, d, square[r]);
            }
        for (; i < pixels; i++) {
            vec d = NAME(part)(y + i * channels + c, n) - mean;
            square[0] = FMA(d, d, square[0]);
        }
        NAME(put)(out + c, n, all);
        NAME(put)(out + channels + c, n, (square[0] + square[1]) + (square[2] + square[3]));
    }
}

// norm computes z = y*gain + shift, plus added if that is not NULL, cut at 0 if relu.
static TARGET void NAME(norm)(long pixels, long channels, const float *y, const float *gain, const float *shift,
                              const float *added, int relu, float *z) {
    for (long i = 0; i < pixels; i++, y += channels, z += channels) {
        for (long c = 0; c < channels; c += VL) {
            long n = channels - c;
            vec v = FMA(NAME(part)(y + c, n), NAME(part)(gain + c, n), NAME(part)(shift + c, n));
            if (added) v += NAME(part)(added + i * channels + c, n);
            if (relu) v = (vec)((ivec)v & ~(v < 0)); // NaN stays NaN
            NAME(put)(z + c, n, v);
        }
    }
}

// norm_sums computes, for one image, the sums over its pixels of the gradient
// g = dz, cut to z > 0 if z is not NULL, and of g*(y - mean): 2 x channels.
static TARGET void NAME(norm_sums)(long pixels, long channels, const float *dz, const float *z, const float *y,
                                   const float *mean, float *out) {
    for (long c = 0; c < channels; c += VL) {
        long n = channels - c;
        vec sum[4] = {{0}, {0}, {0}, {0}}, product[4] = {{0}, {0}, {0}, {0}}, centre = NAME(part)(mean + c, n);
        for (long i = 0; i < pixels;) {
            long some = i + 4 <= pixels ? 4 : 1;
#pragma GCC unroll 4
            for (long r = 0; r < 4; r++) {
                if (r == some) break;
                long at = (i + r) * channels + c;
                vec g = NAME(part)(dz + at, n);
                if (z) g = (vec)((ivec)g & (NAME(part)(z + at, n) > 0));
                sum[r] += g;
                product[r] = FMA(g, NAME(part)(y + at, n) - centre, product[r]);
            }
            i += some;
        }
        NAME(put)(out + c, n, (sum[0] + sum[1]) + (sum[2] + sum[3]));
        NAME(put)(out + channels + c, n, (product[0] + product[1]) + (product[2] + product[3]));
    }
}

// norm_grad computes dy of some pixels from number `from` on, see ek_convolve_grad.
INLINE void NAME(norm_grad)(long pixels, long channels, const ek_norm_grad *s, long from, float *dy) {
    const float *dz = s->dz + from, *z = s->z ? s->z + from : NULL, *y = s->y + from;
    for (long i = 0; i < pixels; i++, dz += channels, y += channels, dy += channels) {
        for (long c = 0; c < channels; c += VL) {
            long n = channels - c;
            vec g = NAME(part)(dz + c, n);
            if (z) g = (vec)((ivec)g & (NAME(part)(z + i * channels + c, n) > 0));
            vec v = FMA(NAME(part)(y + c, n), NAME(part)(s->slope + c, n), NAME(part)(s->shift + c, n));
            NAME(put)(dy + c, n, FMA(g, NAME(part)(s->gain + c, n), v));
        }
    }
}
