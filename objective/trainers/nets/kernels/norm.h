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

// normed_channels computes the first n, at most VL, channels of some pixels of a source
// from number `from` on. What is added, and whether n is VL, are constants after inlining.
INLINE void NAME(normed_channels)(const int added, const int whole, long n, long pixels, const ek_source *in, long from,
                                  long c, float *to, float *z) {
    const long channels = in->channels;
    const vec gain = NAME(part)(in->gain + c, n), shift = NAME(part)(in->shift + c, n);
    vec added_gain = {0}, added_shift = {0};
    if (added >= EK_NORMED) {
        added_gain = NAME(part)(in->added_gain + c, n);
        added_shift = NAME(part)(in->added_shift + c, n);
    }
    if (whole) n = VL;
    for (long i = c; i < pixels * channels; i += channels) {
        vec v = FMA(NAME(part)(in->x + from + i, n), gain, shift);
        if (added) {
            vec a = NAME(part)(in->added + from + i, n);
            if (added >= EK_NORMED) a = FMA(a, added_gain, added_shift);
            if (added == EK_NORMED_RELU) a = NAME(relu)(a);
            v += a;
        }
        v = NAME(relu)(v);
        if (to) NAME(put)(to + i, n, v);
        if (z) NAME(put)(z + i, n, v);
    }
}

INLINE void NAME(normed_added)(const int added, long pixels, const ek_source *in, long from, float *to, float *z) {
    long c = 0;
    for (; c + VL <= in->channels; c += VL) NAME(normed_channels)(added, 1, VL, pixels, in, from, c, to, z);
    if (c < in->channels) NAME(normed_channels)(added, 0, in->channels - c, pixels, in, from, c, to, z);
}

// normed computes some pixels of a source from number `from` on, see ek_source, and
// writes them to each of to and z that is not NULL.
static TARGET void NAME(normed)(long pixels, const ek_source *in, long from, float *to, float *z) {
    if (!in->added) NAME(normed_added)(EK_NOTHING, pixels, in, from, to, z);
    else if (!in->added_gain) NAME(normed_added)(EK_PLAIN, pixels, in, from, to, z);
    else if (!in->added_relu) NAME(normed_added)(EK_NORMED, pixels, in, from, to, z);
    else NAME(normed_added)(EK_NORMED_RELU, pixels, in, from, to, z);
}

// norm_sums computes, for one image, the sums over its pixels of the gradient g and of
// g*(y - mean): 2 x channels.
static TARGET void NAME(norm_sums)(long pixels, long channels, const float *g, const float *y, const float *mean,
                                   float *out) {
    for (long c = 0; c < channels; c += VL) {
        long n = channels - c, i = 0;
        vec sum[4] = {{0}, {0}, {0}, {0}}, product[4] = {{0}, {0}, {0}, {0}}, centre = NAME(part)(mean + c, n);
        for (; i + 4 <= pixels; i += 4)
#pragma GCC unroll 4
            for (int r = 0; r < 4; r++) {
                vec v = NAME(part)(g + (i + r) * channels + c, n);
                sum[r] += v;
                product[r] = FMA(v, NAME(part)(y + (i + r) * channels + c, n) - centre, product[r]);
            }
        for (; i < pixels; i++) {
            vec v = NAME(part)(g + i * channels + c, n);
            sum[0] += v;
            product[0] = FMA(v, NAME(part)(y + i * channels + c, n) - centre, product[0]);
        }
        NAME(put)(out + c, n, (sum[0] + sum[1]) + (sum[2] + sum[3]));
        NAME(put)(out + channels + c, n, (product[0] + product[1]) + (product[2] + product[3]));
    }
}

// norm_grad computes dy of some pixels from number `from` on, see ek_unit_grad.
static TARGET void NAME(norm_grad)(long pixels, long channels, const ek_unit_grad *u, long from, float *dy) {
    const float *g = u->g + from, *y = u->y + from;
    for (long c = 0; c < channels; c += VL) {
        long n = channels - c;
        vec gain = NAME(part)(u->gain + c, n), slope = NAME(part)(u->slope + c, n), shift = NAME(part)(u->shift + c, n);
        for (long i = c; i < pixels * channels; i += channels)
            NAME(put)(dy + i, n, FMA(NAME(part)(g + i, n), gain, FMA(NAME(part)(y + i, n), slope, shift)));
    }
}
