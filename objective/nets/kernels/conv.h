// Convolution blocks, included by level.h: 3x3 convolution with padding 1, bias,
// ReLU and 2x2 max pooling, one image after another. An image is first copied to
// the inside of a padded one, channels last. There the window of a pixel is three
// lines of 3*in numbers in a row, so a convolution is a matrix product whose sums
// walk over three segments, with nothing unfolded in memory.
//
// Every output of the convolution is one sum from its bias on, over lines, columns
// and channels in this order; a gradient by a weight is one sum over the pixels
// of an image in reading order, and these sums are added image by image.

typedef uint8_t NAME(bytes) __attribute__((vector_size(VL), aligned(1), may_alias));

// pack3 packs the weights of a convolution, or, flipped, those of its gradient
// by the input: filters turned by half a turn, inputs and outputs exchanged.
static TARGET void NAME(pack3)(long in, long out, const float *w, int flipped, float *panels) {
    for (long j = 0; j < out;) {
        long room = out - j > VL ? 2 * VL : VL;
        long width = out - j < room ? out - j : room;
        for (long tap = 0; tap < 9; tap++, panels += in * room) {
            if (flipped)
                ek_pack(in, width, room, w + ((8 - tap) * out + j) * in, 1, in, panels);
            else
                ek_pack(in, width, room, w + tap * in * out + j, out, 1, panels);
        }
        j += width;
    }
}

// conv3 convolves `lines` lines of `width` pixels; x is the first number of the
// first window in an image with `line` numbers a line. bias may be NULL.
INLINE void NAME(conv3)(long lines, long width, long line, long in, long out, const float *x, const float *panels,
                        const float *bias, float *y) {
    for (long j = 0; j < out;) {
        long room = out - j > VL ? 2 * VL : VL;
        long n = out - j < room ? out - j : room;
        float start[2 * VL] = {0};
        if (bias) memcpy(start, bias + j, n * sizeof(float));
        ek_walk t = {.segments = 3, .terms = 3 * in, .a_row = in, .a_segment = line, .a_term = 1};
        for (long i = 0; i < lines; i++) {
            const float *a = x + i * line;
            float *c = y + i * width * out + j;
            if (room == 2 * VL) {
                t.b_term = 2 * VL;
                t.b_segment = 3 * in * 2 * VL;
                NAME(panel_rows)(2, width, t, a, panels, start, EK_STORE, c, out, n);
            } else {
                t.b_term = VL;
                t.b_segment = 3 * in * VL;
                NAME(panel_rows)(1, width, t, a, panels, start, EK_STORE, c, out, n);
            }
        }
        panels += 9 * in * room;
        j += n;
    }
}

// pool1 takes the first largest of four pixels, `next` and `below` apart, in VL
// channels, and cuts it at 0. NaN is larger than any number.
INLINE void NAME(pool1)(const float *x, long next, long below, float *y, uint8_t *taken) {
    vec best = *(const mem *)x;
    ivec code = {0};
    const long at[4] = {0, next, below, below + next};
#pragma GCC unroll 4
    for (int k = 1; k < 4; k++) {
        vec v = *(const mem *)(x + at[k]);
        ivec take = (v > best) | (v != v);
        best = (vec)(((ivec)v & take) | ((ivec)best & ~take));
        code = (code & ~take) | (take & k);
    }
    ivec positive = best > 0;
    *(mem *)y = (vec)((ivec)best & ~(best < 0));
    code = (code & positive) | (4 & ~positive);
    *(NAME(bytes) *)taken = __builtin_convertvector(code, NAME(bytes));
}

// pool takes a line of `width` windows out of two lines of pixels, which follow
// each other at x.
INLINE void NAME(pool)(long width, long channels, const float *x, float *y, uint8_t *taken) {
    long below = 2 * width * channels;
    for (long i = 0; i < width; i++, x += 2 * channels, y += channels, taken += channels) {
        long c = 0;
        for (; c + VL <= channels; c += VL) NAME(pool1)(x + c, channels, below, y + c, taken + c);
        if (c == channels) continue;
        float in[4 * VL] = {0}, best[VL];
        uint8_t codes[VL];
        size_t rest = channels - c;
        memcpy(in, x + c, rest * sizeof(float));
        memcpy(in + VL, x + c + channels, rest * sizeof(float));
        memcpy(in + 2 * VL, x + c + below, rest * sizeof(float));
        memcpy(in + 3 * VL, x + c + below + channels, rest * sizeof(float));
        NAME(pool1)(in, VL, 2 * VL, best, codes);
        memcpy(y + c, best, rest * sizeof(float));
        memcpy(taken + c, codes, rest);
    }
}

static TARGET void NAME(conv)(const ek_conv *s, const float *x, const float *w, const float *bias, float *y,
                              uint8_t *taken, float *scratch) {
    long ph = s->height / 2, pw = s->width / 2, line = (s->width + 2) * s->in;
    float *pad = scratch, *panels = pad + ek_padded(s, s->in), *pixels = panels + ek_panels(s->in, s->out);
    NAME(pack3)(s->in, s->out, w, 0, panels);
    memset(pad, 0, ek_padded(s, s->in) * sizeof(float));
    for (long i = 0; i < s->batch; i++) {
        ek_pad(s, x + i * s->height * s->width * s->in, pad);
        for (long r = 0; r < ph; r++, y += pw * s->out, taken += pw * s->out) {
            NAME(conv3)(2, 2 * pw, line, s->in, s->out, pad + 2 * r * line, panels, bias, pixels);
            NAME(pool)(pw, s->out, pixels, y, taken);
        }
    }
}

// unpool1 puts VL gradients back to the pixels, `next` and `below` apart, that
// were taken, zeros to the others, and adds what is put back to sums.
INLINE void NAME(unpool1)(const float *dy, const uint8_t *taken, float *x, long next, long below, float *sums) {
    ivec code = __builtin_convertvector(*(const NAME(bytes) *)taken, ivec);
    ivec g = (ivec) * (const mem *)dy;
    const long at[4] = {0, next, below, below + next};
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) *(mem *)(x + at[k]) = (vec)(g & (code == k));
    *(mem *)sums = *(mem *)sums + (vec)(g & (code < 4));
}

// unpool puts the gradients of one pooled image back where they came from, into
// the inside of a padded image whose border stays 0, and sums them up by channel.
static TARGET void NAME(unpool)(const ek_conv *s, const float *dy, const uint8_t *taken, float *pad, float *sums) {
    long n = s->out, line = (s->width + 2) * n;
    memset(sums, 0, n * sizeof(float));
    for (long r = 0; r < s->height / 2; r++) {
        float *at = pad + (2 * r + 1) * line + n;
        for (long i = 0; i < s->width / 2; i++, at += 2 * n, dy += n, taken += n) {
            long c = 0;
            for (; c + VL <= n; c += VL) NAME(unpool1)(dy + c, taken + c, at + c, n, line, sums + c);
            if (c == n) continue;
            float in[VL] = {0}, out[4 * VL], sum[VL] = {0};
            uint8_t codes[VL] = {0};
            size_t rest = (n - c) * sizeof(float);
            memcpy(in, dy + c, rest);
            memcpy(codes, taken + c, n - c);
            memcpy(sum, sums + c, rest);
            NAME(unpool1)(in, codes, out, VL, 2 * VL, sum);
            memcpy(sums + c, sum, rest);
            memcpy(at + c, out, rest);
            memcpy(at + c + n, out + VL, rest);
            memcpy(at + c + line, out + 2 * VL, rest);
            memcpy(at + c + line + n, out + 3 * VL, rest);
        }
    }
}

// weights3 adds to dw, 3 x 3 x in x out, the gradient that one image gives; x and
// dy are padded.
INLINE void NAME(weights3)(const ek_conv *s, const float *x, const float *dy, float *dw) {
    const float zeros[2 * VL] = {0};
    long line = (s->width + 2) * s->in, dline = (s->width + 2) * s->out;
    ek_walk t = {.segments = s->height, .terms = s->width, .a_row = 1, .a_segment = line, .a_term = s->in,
                 .b_segment = dline, .b_term = s->out};
    for (long j = 0; j < s->out;) {
        long room = s->out - j > VL ? 2 * VL : VL;
        long n = s->out - j < room ? s->out - j : room;
        const float *b = dy + dline + s->out + j;
        for (long ky = 0; ky < 3; ky++) {
            const float *a = x + ky * line;
            float *c = dw + ky * 3 * s->in * s->out + j;
            if (room == 2 * VL)
                NAME(panel_rows)(2, 3 * s->in, t, a, b, zeros, EK_ADD, c, s->out, n);
            else
                NAME(panel_rows)(1, 3 * s->in, t, a, b, zeros, EK_ADD, c, s->out, n);
        }
        j += n;
    }
}

static TARGET void NAME(conv_grad)(const ek_conv *s, const float *x, const float *w, const float *dy,
                                   const uint8_t *taken, float *dw, float *db, float *dx, float *scratch) {
    long size = s->height * s->width * s->in, pooled = (s->height / 2) * (s->width / 2) * s->out;
    // Sums over whole vectors read past the last pixel of dpad: EK_PANEL more.
    float *pad = scratch, *dpad = pad + ek_padded(s, s->in), *panels = dpad + ek_padded(s, s->out) + EK_PANEL;
    float *sums = panels + ek_panels(s->out, s->in);
    memset(pad, 0, (panels - pad) * sizeof(float));
    memset(dw, 0, 9 * s->in * s->out * sizeof(float));
    memset(db, 0, s->out * sizeof(float));
    if (dx) NAME(pack3)(s->out, s->in, w, 1, panels);
    for (long i = 0; i < s->batch; i++) {
        ek_pad(s, x + i * size, pad);
        NAME(unpool)(s, dy + i * pooled, taken + i * pooled, dpad, sums);
        for (long c = 0; c < s->out; c++) db[c] += sums[c];
        NAME(weights3)(s, pad, dpad, dw);
        if (dx)
            NAME(conv3)(s->height, s->width, (s->width + 2) * s->out, s->out, s->in, dpad, panels, NULL, dx + i * size);
    }
}
