// Convolutions, included by level.h, one image after another. An image is first
// copied to the inside of a padded one, channels last, or made there from the result of
// an earlier convolution, and stored on the way where it is needed again. There the
// window of a pixel is three lines of 3*in numbers in a row, so a convolution is a matrix
// product whose sums walk over three segments, with nothing unfolded in memory. Between
// tiles the memory of the next image is asked for (ek_fetch).
//
// Every output of a convolution is one sum from its bias on, over lines, columns and
// channels in this order, and so is what a convolution gives to the gradient by its input;
// what two give, and what the gradient starts from, is added. A gradient by a weight
// is one sum over the pixels of some lines of an image in reading order
// (ek_block_lines), and these sums are added in order, block by block and image by
// image.

// pack_forward packs the weights, panel by panel of the filters.
static TARGET void NAME(pack_forward)(const ek_conv *s, const float *w, float *panels) {
    long terms = s->kernel * s->kernel * s->in;
    for (long j = 0; j < s->out;) {
        long room = NAME(room)(s->out - j), n = s->out - j < room ? s->out - j : room;
        NAME(pack)(terms, n, room, w + j, s->out, 1, panels);
        panels += terms * room;
        j += n;
    }
}

// lines computes `lines` lines of `pixels` pixels from line `from` on, for one
// panel of filters; c has `stride` numbers a pixel and `line` a line.
INLINE void NAME(lines)(const ek_conv *s, const ek_image *x, long room, long width, long from, long lines, long pixels,
                        const float *panel, const float *start, float *c, long stride, long line, ek_ahead *ahead) {
    ek_walk t = {.segments = s->kernel, .terms = s->kernel * s->in, .a_row = s->stride * s->in, .a_segment = x->line,
                 .a_term = 1, .b_segment = s->kernel * s->in * room, .b_term = room, .ahead = ahead};
    for (long i = 0; i < lines; i++)
        NAME(panel_rows)(room, pixels, &t, x->at + (from + i) * s->stride * x->line, panel, start, EK_STORE,
                         c + i * line, stride, width);
}

// interleave turns a line, channel by channel in planes, into one with the channels of a
// pixel side by side.
INLINE void NAME(interleave)(long width, long channels, const float *restrict x, long plane, float *restrict to) {
    for (long i = 0; i < width; i++)
        for (long c = 0; c < channels; c++) to[i * channels + c] = x[c * plane + i];
}

// fill puts one image of a source into the inside of a padded one, and into z of the source.
static TARGET void NAME(fill)(const ek_source *in, long image, float *pad) {
    long width = in->width, some = width * in->channels, line = some + 2 * in->channels, at = image * in->height * some;
    float *to = pad + line + in->channels;
    for (long i = 0; i < in->height; i++, to += line) {
        const float *plane = in->x + at + i * width;
        if (in->gain)
            NAME(normed)(width, in, at + i * some, to, in->z ? in->z + at + i * some : NULL);
        else if (!in->planar)
            memcpy(to, in->x + at + i * some, some * sizeof(float));
        else if (in->channels == 3) // known to the compiler, which makes vectors of it
            NAME(interleave)(width, 3, plane, in->height * width, to);
        else
            NAME(interleave)(width, in->channels, plane, in->height * width, to);
    }
}

static TARGET void NAME(convolve)(const ek_source *in, long from, long to, long units, const ek_unit *u,
                                  float *scratch) {
    const float zeros[2 * VL] = {0};
    ek_room room[2];
    ek_layout_two(units, &u[0].shape, &u[1].shape, room, scratch);
    ek_clear_pad(room);
    for (long k = 0; k < units; k++) NAME(pack_forward)(&u[k].shape, u[k].w, room[k].panels);
    for (long i = from; i < to; i++) {
        ek_ahead ahead = {.count = 0};
        if (i + 1 < to) ek_ahead_convolve(&ahead, in, i + 1, units, u);
        NAME(fill)(in, i, room->pad);
        for (long k = 0; k < units; k++) {
            const ek_conv *s = &u[k].shape;
            ek_image image = ek_windows(s, room->pad);
            long height = ek_outputs(s->height, s), width = ek_outputs(s->width, s), pixels = height * width;
            const float *panel = room[k].panels;
            float *y = u[k].y + i * pixels * s->out;
            for (long j = 0; j < s->out;) {
                long wide = NAME(room)(s->out - j), n = s->out - j < wide ? s->out - j : wide;
                NAME(lines)(s, &image, wide, n, 0, height, width, panel, zeros, y + j, s->out, width * s->out, &ahead);
                panel += s->kernel * s->kernel * s->in * wide;
                j += n;
            }
            if (u[k].moments) NAME(moments)(pixels, s->out, y, u[k].moments + 2 * i * s->out);
        }
    }
}

typedef uint8_t NAME(bytes) __attribute__((vector_size(VL), aligned(1), may_alias));

// pool1 takes the first largest of four pixels, `next` and `below` apart, in VL
// channels, and cuts it at 0. NaN is larger than any number. Which one it was goes to
// taken if keep, a constant after inlining.
INLINE void NAME(pool1)(const int keep, const float *x, long next, long below, float *y, uint8_t *taken) {
    vec best = *(const mem *)x;
    ivec code = {0};
    const long at[4] = {0, next, below, below + next};
#pragma GCC unroll 4
    for (int k = 1; k < 4; k++) {
        vec v = *(const mem *)(x + at[k]);
        ivec take = (v > best) | (v != v);
        best = (vec)(((ivec)v & take) | ((ivec)best & ~take));
        if (keep) code = (code & ~take) | (take & k);
    }
    *(mem *)y = NAME(relu)(best);
    if (!keep) return;
    ivec positive = best > 0;
    code = (code & positive) | (4 & ~positive);
    *(NAME(bytes) *)taken = __builtin_convertvector(code, NAME(bytes));
}

// pool takes a line of `width` windows of n channels out of two lines of pixels,
// which follow each other at x with `room` numbers a pixel; taken is for keep only.
INLINE void NAME(pool)(const int keep, long width, long n, long room, long channels, const float *x, float *y,
                       uint8_t *taken) {
    long below = 2 * width * room;
    for (long i = 0; i < width; i++, x += 2 * room, y += channels) {
        long c = 0;
        for (; c + VL <= n; c += VL) NAME(pool1)(keep, x + c, room, below, y + c, keep ? taken + c : NULL);
        if (c < n) {
            float best[VL];
            uint8_t codes[VL];
            NAME(pool1)(keep, x + c, room, below, best, codes);
            memcpy(y + c, best, (n - c) * sizeof(float));
            if (keep) memcpy(taken + c, codes, n - c);
        }
        if (keep) taken += channels;
    }
}

static TARGET void NAME(conv_block)(const ek_conv *s, const float *x, const float *w, const float *bias, float *y,
                                    uint8_t *taken, float *scratch) {
    long ph = s->height / 2, pw = s->width / 2;
    ek_source in = ek_images_of(s, x);
    ek_room at = ek_layout(s, scratch);
    ek_clear_pad(&at);
    NAME(pack_forward)(s, w, at.panels);
    for (long i = 0; i < s->batch; i++) {
        ek_ahead ahead = {.count = 0};
        if (i + 1 < s->batch) ek_ahead_source(&ahead, &in, i + 1);
        NAME(fill)(&in, i, at.pad);
        ek_image image = ek_windows(s, at.pad);
        const float *panel = at.panels;
        for (long j = 0; j < s->out;) {
            long room = NAME(room)(s->out - j), n = s->out - j < room ? s->out - j : room;
            float start[2 * VL] = {0};
            memcpy(start, bias + j, n * sizeof(float));
            for (long r = 0; r < ph; r++) {
                long to = ((i * ph + r) * pw) * s->out + j;
                NAME(lines)(s, &image, room, room, 2 * r, 2, 2 * pw, panel, start, at.lines, room, 2 * pw * room, &ahead);
                if (taken)
                    NAME(pool)(1, pw, n, room, s->out, at.lines, y + to, taken + to);
                else
                    NAME(pool)(0, pw, n, room, s->out, at.lines, y + to, NULL);
            }
            panel += 9 * s->in * room;
            j += n;
        }
    }
}

// unpool1 puts VL gradients back to the pixels, `next` and `below` apart, that
// were taken, zeros to the others, and adds what is put back to sum.
INLINE vec NAME(unpool1)(const float *dy, const uint8_t *taken, float *x, long next, long below, vec sum) {
    ivec code = __builtin_convertvector(*(const NAME(bytes) *)taken, ivec);
    ivec g = (ivec) * (const mem *)dy;
    const long at[4] = {0, next, below, below + next};
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) *(mem *)(x + at[k]) = (vec)(g & (code == k));
    return sum + (vec)(g & (code < 4));
}

// unpool puts the gradients of line r of one pooled image back where they came from, the
// two lines at `at`, and adds them up by channel.
static TARGET void NAME(unpool)(const ek_conv *s, long r, const float *dy, const uint8_t *taken, float *at, float *sums) {
    long n = s->out, pixels = s->width / 2, line = (s->width + 2) * n;
    dy += r * pixels * n, taken += r * pixels * n;
    long c = 0;
    for (; c + VL <= n; c += VL) {
        vec sum = *(const mem *)(sums + c);
        for (long i = 0; i < pixels; i++) sum = NAME(unpool1)(dy + i * n + c, taken + i * n + c, at + 2 * i * n + c, n, line, sum);
        *(mem *)(sums + c) = sum;
    }
    if (c == n) return;
    size_t rest = (n - c) * sizeof(float);
    vec sum = NAME(part)(sums + c, n - c);
    for (long i = 0; i < pixels; i++) {
        float in[VL] = {0}, out[4 * VL], *to = at + 2 * i * n + c;
        uint8_t codes[VL] = {0};
        memcpy(in, dy + i * n + c, rest);
        memcpy(codes, taken + i * n + c, n - c);
        sum = NAME(unpool1)(in, codes, out, VL, 2 * VL, sum);
        memcpy(to, out, rest);
        memcpy(to + n, out + VL, rest);
        memcpy(to + line, out + 2 * VL, rest);
        memcpy(to + line + n, out + 3 * VL, rest);
    }
    NAME(put)(sums + c, n - c, sum);
}

// weights adds to dw, kernel x kernel x in x out, the gradient that a block of lines of
// one image gives, from line `from` on; dy is the first of these lines, of a padded image.
// Only a panel that is not full is packed.
static TARGET void NAME(weights)(const ek_conv *s, const ek_image *x, const float *dy, long from, long lines, float *dw,
                                 float *panel, ek_ahead *ahead) {
    const float zeros[2 * VL] = {0};
    long width = ek_outputs(s->width, s), line = (width + 2) * s->out;
    for (long j = 0; j < s->out;) {
        long room = NAME(room)(s->out - j), n = s->out - j < room ? s->out - j : room;
        ek_walk t = {.segments = lines, .terms = width, .a_row = 1, .a_segment = s->stride * x->line,
                     .a_term = s->stride * s->in, .b_segment = line, .b_term = s->out, .ahead = ahead};
        const float *b = dy + j;
        if (room != n) {
            for (long i = 0; i < lines; i++)
                NAME(pack)(width, n, room, b + i * line, s->out, 1, panel + i * width * room);
            b = panel;
            t.b_segment = width * room;
            t.b_term = room;
        }
        for (long ky = 0; ky < s->kernel; ky++)
            NAME(panel_rows)(room, s->kernel * s->in, &t, x->at + (from * s->stride + ky) * x->line, b, zeros, EK_ADD,
                             dw + ky * s->kernel * s->in * s->out + j, s->out, n);
        j += n;
    }
}

// A gradient by the input has, for stride 2, four kinds of pixels, by whether their
// line and column are odd, and each has taps of its own; for stride 1 there is one
// kind. pack_back packs the weights, panel by panel of the input channels and kind by
// kind, taps in the order of the outputs that they lead to.
static TARGET void NAME(pack_back)(const ek_conv *s, const float *w, float *panels) {
    for (long j = 0; j < s->in;) {
        long room = NAME(room)(s->in - j), n = s->in - j < room ? s->in - j : room;
        for (long kind = 0; kind < s->stride * s->stride; kind++) {
            ek_taps down = ek_taps_of(s, kind / s->stride), across = ek_taps_of(s, kind % s->stride);
            for (long p = 0; p < down.count; p++)
                for (long q = 0; q < across.count; q++) {
                    long ky = down.first - p * s->stride, kx = across.first - q * s->stride;
                    NAME(pack)(s->out, n, room, w + ((ky * s->kernel + kx) * s->in + j) * s->out, 1, s->out, panels);
                    panels += s->out * room;
                }
        }
        j += n;
    }
}

// inputs computes the gradient by one image, from that by its outputs, the inside
// of a padded image; end is EK_STORE or EK_ADD.
static TARGET void NAME(inputs)(const ek_conv *s, const ek_image *dy, const float *panels, float *dx, int end,
                                ek_ahead *ahead) {
    const float zeros[2 * VL] = {0};
    for (long j = 0; j < s->in;) {
        long room = NAME(room)(s->in - j), n = s->in - j < room ? s->in - j : room;
        for (long kind = 0; kind < s->stride * s->stride; kind++) {
            long v = kind / s->stride, h = kind % s->stride, pixels = (s->width - h + s->stride - 1) / s->stride;
            ek_taps down = ek_taps_of(s, v), across = ek_taps_of(s, h);
            ek_walk t = {.segments = down.count, .terms = across.count * s->out, .a_row = s->out, .a_segment = dy->line,
                         .a_term = 1, .b_segment = across.count * s->out * room, .b_term = room, .ahead = ahead};
            if (across.count == 0) t.segments = 0; // no taps: the sum is 0
            if (t.segments == 0 && end == EK_ADD) continue;
            const float *at = dy->at + down.output * dy->line + across.output * s->out;
            for (long i = v; i < s->height; i += s->stride, at += dy->line)
                NAME(panel_rows)(room, pixels, &t, at, panels, zeros, end, dx + (i * s->width + h) * s->in + j,
                                 s->stride * s->in, n);
            panels += down.count * across.count * s->out * room;
        }
        j += n;
    }
}

static TARGET void NAME(conv_block_grad)(const ek_conv *s, long images, long groups, long from, long to,
                                         const float *x, const float *w, const float *dy, const uint8_t *taken, float *dwb, float *dx, float *scratch) {
    long size = s->height * s->width * s->in, pooled = (s->height / 2) * (s->width / 2) * s->out;
    long weights = ek_weights(s), some = ek_block_lines(s->width);
    // Where the blocks are whole pairs of lines, and nothing else reads them, each block is
    // put over the one before it, in the first cache.
    int over = !dx && some % 2 == 0;
    ek_source in = ek_images_of(s, x);
    ek_room at = ek_layout(s, scratch);
    ek_clear_pad(&at);
    ek_clear_dpad(&at);
    ek_image image = ek_windows(s, at.pad), d = ek_inside(s, at.dpad);
    if (dx) NAME(pack_back)(s, w, at.panels);
    for (long g = from; g < to; g++) {
        float *dw = dwb + g * (weights + s->out), *db = dw + weights;
        memset(dw, 0, (weights + s->out) * sizeof(float));
        for (long i = ek_group(g, groups, images); i < ek_group(g + 1, groups, images); i++) {
            ek_ahead ahead = {.count = 0};
            if (i + 1 < ek_group(to, groups, images)) {
                ek_ahead_add(&ahead, dx, i + 1, size);
                ek_ahead_source(&ahead, &in, i + 1);
                ek_ahead_add(&ahead, dy, i + 1, pooled);
            }
            NAME(fill)(&in, i, at.pad);
            memset(at.sums, 0, s->out * sizeof(float));
            long put = 0; // lines of the pooled image
            for (long line = 0; line < s->height; line += some) {
                long lines = s->height - line < some ? s->height - line : some;
                float *first = at.dpad + (1 + (over ? 0 : line)) * d.line + s->out;
                for (; put < s->height / 2 && 2 * put < line + lines; put++)
                    NAME(unpool)(s, put, dy + i * pooled, taken + i * pooled, first + (2 * put - line) * d.line, at.sums);
                if (over && 2 * put < line + lines) // a last line that has no partner
                    memset(first + (lines - 1) * d.line, 0, s->width * s->out * sizeof(float));
                NAME(weights)(s, &image, first, line, lines, dw, at.lines, &ahead);
            }
            for (long c = 0; c < s->out; c++) db[c] += at.sums[c];
            if (dx) NAME(inputs)(s, &d, at.panels, dx + i * size, EK_STORE, &ahead);
        }
    }
}

// cut sets dx of one image to 0 where the image itself, in a padded one, is not positive.
static TARGET void NAME(cut)(const ek_source *in, const float *pad, float *dx) {
    long some = in->width * in->channels, line = some + 2 * in->channels;
    for (long i = 0; i < in->height; i++, dx += some) NAME(relu_grad)(some, pad + (i + 1) * line + in->channels, dx, dx);
}

static TARGET void NAME(convolve_grad)(const ek_source *in, long images, long groups, long from, long to, long units,
                                       const ek_unit_grad *u, const ek_input_grad *back, float *scratch) {
    long pixels = in->height * in->width, size = pixels * in->channels;
    ek_room room[2];
    ek_layout_two(units, &u[0].shape, &u[1].shape, room, scratch);
    ek_clear_pad(room);
    for (long k = 0; k < units; k++) ek_clear_dpad(&room[k]);
    for (long k = 0; back->dx && k < units; k++) NAME(pack_back)(&u[k].shape, u[k].w, room[k].panels);
    for (long g = from; g < to; g++) {
        for (long k = 0; k < units; k++) {
            long weights = ek_weights(&u[k].shape);
            memset(u[k].dw + g * weights, 0, weights * sizeof(float));
        }
        for (long i = ek_group(g, groups, images); i < ek_group(g + 1, groups, images); i++) {
            ek_ahead ahead = {.count = 0};
            if (i + 1 < ek_group(to, groups, images)) ek_ahead_grad(&ahead, in, i + 1, units, u, back);
            NAME(fill)(in, i, room->pad);
            float *dx = back->dx ? back->dx + i * size : NULL;
            int end = EK_STORE;
            if (dx && back->start) {
                memcpy(dx, back->start + i * size, size * sizeof(float));
                end = EK_ADD;
            }
            for (long k = units - 1; k >= 0; k--) {
                const ek_conv *s = &u[k].shape;
                ek_image image = ek_windows(s, room->pad), d = ek_inside(s, room[k].dpad);
                long height = ek_outputs(s->height, s), width = ek_outputs(s->width, s);
                for (long line = 0; line < height; line += ek_block_lines(width)) {
                    long lines = height - line < ek_block_lines(width) ? height - line : ek_block_lines(width);
                    for (long r = line; r < line + lines; r++)
                        NAME(norm_grad)(width, s->out, &u[k], (i * height + r) * width * s->out,
                                        room[k].dpad + (r + 1) * d.line + s->out);
                    NAME(weights)(s, &image, d.at + line * d.line, line, lines, u[k].dw + g * ek_weights(s), room[k].lines, &ahead);
                }
                if (!dx) continue;
                NAME(inputs)(s, &d, room[k].panels, dx, end, &ahead);
                end = EK_ADD;
            }
            if (dx && back->cut) NAME(cut)(in, room->pad, dx);
            for (long k = 0; dx && k < 2; k++)
                if (back->sums[k].out)
                    NAME(norm_sums)(pixels, in->channels, dx, back->sums[k].y + i * size, back->sums[k].mean,
                                    back->sums[k].out + 2 * i * in->channels);
        }
    }
}
